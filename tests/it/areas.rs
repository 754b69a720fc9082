//! Areas: lists of divisions, outlines in a declared datum, and toilets placed into them.

use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::geo::{Crs, Wgs84};
use gongce::http::{Door, Limits, routes};
use gongce::store::StoreError;
use gongce::usecase::{Ctx, loading};
use poem::{Endpoint, Request, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::coverage::{add, sign_in};
use crate::harness::program::{run, stderr, stdout};
use crate::harness::stores::{Database, on_both};

const HEADER: &str = "code,name,level,parent,vintage,validFrom,validTo,oldCodes,otherNames\n";

/// Before the merger of 2021; in no order.
const OF_2020: &str = "410322100,白鹤镇,town,410322,2020,,,,\n410322,孟津县,county,4103,2020,,,,\n41,河南省,province,,2020,,,,\n\
                       4103,洛阳市,city,41,2020,,,,\n410306,吉利区,county,4103,2020,,,,\n410306001,大庆路街道,town,410306,2020,,,,\n";

/// After it.
const OF_2023: &str = "41,河南省,province,,2023,,,,\n4103,洛阳市,city,41,2023,,,,\n\
                       410308,孟津区,county,4103,2023,2021-03-18,,410322@2020;410306@2020,孟津县@2020；吉利区@2020\n\
                       410308101,白鹤镇,town,410308,2023,,,410322100@2020,\n410308004,吉利街道,town,410308,2023,,,410306001,大庆路街道\n\
                       410308106,小浪底镇,town,410308,2023,,,,马屯镇@2023\n";

/// The program beside a database.
struct Desk {
    folder: TempDir,
    url: String,
}

impl Desk {
    fn at(database: &Database) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: database.url.clone() }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Runs `gongce areas …`; answers its exit code, what it printed, and what it complained of.
    fn areas(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut all = vec!["--database-url", &self.url, "areas"];
        all.extend(arguments);
        let output = run(self.folder.path(), &all);
        (output.status.code(), stdout(&output), stderr(&output))
    }

    /// The report of `gongce areas …` that must succeed.
    fn report(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--report", "json"]);
        let (code, told, complaint) = self.areas(&all);
        assert_eq!(code, Some(0), "{complaint}");
        serde_json::from_str(&told).unwrap()
    }

    fn divisions(&self, rows: &str) -> Value {
        self.write("divisions.csv", &format!("{HEADER}{rows}"));
        self.report(&["import", "divisions.csv"])
    }

    fn outlines(&self, features: &[Value], arguments: &[&str]) -> Value {
        self.write("outlines.geojson", &collection(features));
        let mut all = vec!["import", "outlines.geojson"];
        all.extend(arguments);
        self.report(&all)
    }
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// A square of a tenth of a degree whose corners are in that datum.
fn square(code: &str, west: f64, south: f64, crs: Crs) -> Value {
    let ring = ring(west, south, 0.1, crs);
    feature(code, &json!({"type": "Polygon", "coordinates": [ring]}))
}

fn ring(west: f64, south: f64, size: f64, crs: Crs) -> Vec<[f64; 2]> {
    let corners = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size), (0.0, 0.0)];
    let given = corners.map(|(x, y)| crs.write(Wgs84::new(south + y, west + x).unwrap()));
    given.map(|(latitude, longitude)| [longitude, latitude]).to_vec()
}

fn feature(code: &str, geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code, "adcode": 410_308}, "geometry": geometry})
}

fn codes(report: &Value) -> Vec<&str> {
    report["rows"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect()
}

async fn answers(ctx: &Arc<Ctx>) -> impl Endpoint<Output = Response> + use<> {
    loading::load(ctx).await.unwrap();
    routes(Arc::clone(ctx), Door::new(Limits::default()))
}

async fn get(app: &impl Endpoint<Output = Response>, path: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = Request::builder().uri_str(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = app.get_response(request.finish()).await;
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.into_body().into_string().await.unwrap()).unwrap())
}

on_both! {
    async fn a_list_of_divisions_is_taken_in_whatever_its_order(database: Database) {
        let desk = Desk::at(&database);
        let report = desk.divisions(OF_2020);
        assert_eq!((&report["read"], &report["created"], &report["rejected"]), (&6.into(), &6.into(), &0.into()));
        assert_eq!(desk.divisions(OF_2020)["unchanged"], 6, "the same list twice changes nothing");

        let app = answers(&database.ctx().await).await;
        let (status, area) = get(&app, "/api/v1/areas/410322100", None).await;
        assert_eq!((status, &area["name"]), (200, &"白鹤镇".into()));
        assert_eq!(area["path"], json!(["41", "4103", "410322", "410322100"]));

        let moved = OF_2020.replace("410322100,白鹤镇,town,410322", "410322100,白鹤新镇,town,410306");
        assert_eq!(desk.divisions(&moved)["updated"], 1);
        let app = answers(&database.ctx().await).await;
        let (_, area) = get(&app, "/api/v1/areas/410322100", None).await;
        assert_eq!((&area["name"], &area["path"][2]), (&"白鹤新镇".into(), &"410306".into()));
    }
}

on_both! {
    async fn what_is_wrong_with_a_list_is_told_by_row_and_column(database: Database) {
        let desk = Desk::at(&database);
        let rows = "41,河南省,province,,,,,,\n4103,洛阳市,town hall,41,,,,,\n410308,孟津区,county,9999,,,,,\n\
                    41,河南,province,,,,,,\n42,湖北省,province,,,2024-01-01,2023-01-01,,\n43,湖南省,province,,year,,,,\n";
        let report = desk.divisions(rows);
        assert_eq!((&report["created"], &report["rejected"], &report["repeated"]), (&1.into(), &4.into(), &1.into()));
        let told: Vec<_> = report["rows"].as_array().unwrap().iter().map(|row| (row["line"].clone(), row["field"].clone())).collect();
        for wrong in [(3, "level"), (4, "parent"), (5, "code"), (6, "validTo"), (7, "vintage")] {
            assert!(told.contains(&(wrong.0.into(), wrong.1.into())), "{wrong:?} is missing in {told:?}");
        }
        desk.write("divisions.csv", "code,name,level,colour\n41,河南省,province,red\n");
        let (code, _, complaint) = desk.areas(&["import", "divisions.csv"]);
        assert!(code == Some(1) && complaint.contains("colour") && complaint.contains("oldCodes"), "{complaint}");
        desk.write("divisions.csv", "code,name\n41,河南省\n");
        let (_, _, complaint) = desk.areas(&["import", "divisions.csv"]);
        assert!(complaint.contains("the column level is missing"), "{complaint}");

        desk.write("divisions.csv", &format!("{HEADER}44,广东省,province,,,,,,\n"));
        let dry = desk.report(&["import", "divisions.csv", "--dry-run"]);
        assert_eq!((&dry["created"], &dry["dryRun"]), (&1.into(), &true.into()));
        assert_eq!(database.open().await.areas().await.unwrap().len(), 1, "a dry run writes nothing");
    }
}

/// Two toilets in the two counties of 2020.
fn toilets_of_2020(desk: &Desk) {
    let profile = crate::imports::PROFILE.replace("address = \"address\"", "area = \"address\"");
    desk.write("bureau.toml", &profile);
    let rows = "key,name,lat,lng,address,wheelchair,operator,grade\n1,甲,34.85,112.45,410322,,,\n2,乙,34.9,112.6,410306,,,\n3,丙,34.8,112.3,410322100,,,\n";
    desk.write("list.csv", rows);
    let output =
        run(desk.folder.path(), &["--database-url", &desk.url, "import", "--profile", "bureau.toml", "list.csv"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

on_both! {
    async fn older_codes_find_their_toilets_after_a_merger(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2020);
        toilets_of_2020(&desk);
        let report = desk.divisions(OF_2023);
        assert_eq!((&report["rejected"], &report["retired"]), (&0.into(), &2.into()), "two counties went into one: {report}");
        assert_eq!(desk.divisions(OF_2023)["unchanged"], 6);

        let app = answers(&database.ctx().await).await;
        for old in ["410322", "410306", "410308"] {
            let (status, area) = get(&app, &format!("/api/v1/areas/{old}"), None).await;
            assert_eq!((status, &area["code"]), (200, &"410308".into()));
            let (_, page) = get(&app, &format!("/api/v1/toilets?area={old}"), None).await;
            assert_eq!(page["items"].as_array().unwrap().len(), 3, "{old}: all that the area of today has");
            assert_eq!(page["areas"], json!([{"code": "410308", "name": "孟津区"}]), "today's code is named");
        }
        let (_, town) = get(&app, "/api/v1/toilets?area=410322100", None).await;
        assert_eq!((&town["areas"][0]["code"], &town["items"][0]["name"]), (&"410308101".into(), &"丙".into()));
        assert_eq!(town["items"][0]["area"]["code"], "410308101");
        let (_, found) = get(&app, "/api/v1/areas?q=%E9%A9%AC%E5%B1%AF", None).await;
        assert_eq!(found["items"][0]["code"], "410308106", "马屯镇 is the other name of 小浪底镇");
        // The bureau's own file goes on with the old codes, and nothing changes.
        toilets_of_2020(&desk);
        let (_, toilet) = get(&answers(&database.ctx().await).await, "/api/v1/toilets/2", None).await;
        assert_eq!((&toilet["area"]["code"], &toilet["revision"]), (&"410308".into(), &2.into()));
    }
}

on_both! {
    async fn a_role_for_a_part_never_becomes_one_for_the_whole(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2020);
        let ctx = database.ctx().await;
        add(&ctx, 7, Role::Supervisor, "410306").await;
        let report = desk.divisions(OF_2023);
        assert!(codes(&report).contains(&"has_grants"), "{report}");
        let grants = ctx.store.grants(gongce::domain::account::PersonId(uuid::Uuid::from_u128(7))).await.unwrap();
        assert_eq!(grants.first().unwrap().reach.area.as_ref().unwrap().as_str(), "410306", "it stays what it was");
    }
}

on_both! {
    async fn outlines_need_a_datum_and_say_what_is_wrong_with_them(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2023);
        desk.write("outlines.geojson", &collection(&[square("410308", 112.4, 34.8, Crs::Wgs84)]));
        let (code, _, complaint) = desk.areas(&["import", "outlines.geojson"]);
        assert!(code == Some(2) && complaint.contains("--crs"), "{complaint}");
        let (code, _, complaint) = desk.areas(&["import", "outlines.geojson", "--crs", "cgcs"]);
        assert!(code == Some(2) && complaint.contains("wgs84, gcj02 or bd09"), "{complaint}");

        let bow = json!({"type": "Polygon", "coordinates": [[[112.4, 34.8], [112.6, 34.9], [112.6, 34.8], [112.4, 34.9], [112.4, 34.8]]]});
        let open = json!({"type": "Polygon", "coordinates": [[[112.4, 34.8], [112.6, 34.9], [112.6, 34.8]]]});
        let point = json!({"type": "Point", "coordinates": [112.4, 34.8]});
        let report = desk.outlines(
            &[feature("410308", &bow), feature("410308", &open), feature("410308", &point), square("999", 0.0, 0.0, Crs::Wgs84), feature("410308", &Value::Null)],
            &["--crs", "wgs84"],
        );
        assert_eq!((&report["read"], &report["rejected"]), (&5.into(), &5.into()));
        let told = report.to_string();
        for wrong in ["self-intersection, at 112.500000, 34.850000", "not closed", "only points and polygons", "import the divisions first", "no geometry"] {
            assert!(told.contains(wrong), "{wrong} is missing in {told}");
        }
    }
}

on_both! {
    async fn an_outline_is_the_same_in_whichever_datum_it_was_given(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2023);
        let first = desk.outlines(&[square("410322", 112.4, 34.8, Crs::Gcj02)], &["--crs", "gcj02", "--synthetic", "--source", "手绘"]);
        assert_eq!((&first["created"], codes(&first)), (&1.into(), vec!["older_code"]));
        let again = desk.outlines(&[square("x", 112.4, 34.8, Crs::Gcj02)], &["--crs", "gcj02", "--code-property", "adcode", "--synthetic", "--source", "手绘"]);
        assert_eq!(again["unchanged"], 1, "a number is as good a code as a text");

        let app = answers(&database.ctx().await).await;
        let (_, bare) = get(&app, "/api/v1/areas/410308", None).await;
        assert!(bare.get("outline").is_none());
        let (_, area) = get(&app, "/api/v1/areas/410322?outline=full", None).await;
        let outline = &area["outline"];
        assert_eq!((&area["code"], &outline["crs"], &outline["type"]), (&"410308".into(), &"wgs84".into(), &"MultiPolygon".into()));
        assert_eq!((&outline["synthetic"], &outline["label"], &outline["source"]), (&true.into(), &"示意图".into(), &"手绘".into()));
        let corner = |outline: &Value| (outline["coordinates"][0][0][0][1].as_f64().unwrap(), outline["coordinates"][0][0][0][0].as_f64().unwrap());
        assert!((corner(outline).0 - 34.8).abs() + (corner(outline).1 - 112.4).abs() < 3e-7, "{outline}");
        let (_, shifted) = get(&app, "/api/v1/areas/410308?outline=simple&crs=gcj02", None).await;
        let wanted = Crs::Gcj02.write(Wgs84::new(34.8, 112.4).unwrap());
        let found = corner(&shifted["outline"]);
        assert!((found.0 - wanted.0).abs() + (found.1 - wanted.1).abs() < 3e-7, "{found:?}");
        let (status, problem) = get(&app, "/api/v1/areas/410308?outline=some", None).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &"outline".into()));
    }
}

on_both! {
    async fn toilets_are_placed_by_where_they_stand_and_mismatches_are_told(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2023);
        // Two towns side by side, the western one with a hole; the county around both.
        let holed = json!({"type": "Polygon", "coordinates": [ring(112.4, 34.8, 0.1, Crs::Wgs84), ring(112.44, 34.84, 0.02, Crs::Wgs84)]});
        let county = json!({"type": "MultiPolygon", "coordinates": [[ring(112.3, 34.7, 0.5, Crs::Wgs84)], [ring(113.3, 34.7, 0.1, Crs::Wgs84)]]});
        let towns = [feature("410308101", &holed), square("410308106", 112.5, 34.8, Crs::Wgs84)];
        desk.outlines(&towns, &["--crs", "wgs84"]);

        let profile = crate::imports::PROFILE.replace("address = \"address\"", "area = \"address\"").replace("bbox = [112.0, 34.0, 113.0, 36.0]\n", "");
        desk.write("bureau.toml", &profile);
        let header = "key,name,lat,lng,address,wheelchair,operator,grade\n";
        let take = |rows: &str| {
            desk.write("list.csv", &format!("{header}{rows}"));
            let output = run(desk.folder.path(), &["--database-url", &desk.url, "import", "--profile", "bureau.toml", "list.csv"]);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        };
        take("1,西,34.81,112.41,,,,\n2,东,34.81,112.51,,,,\n3,洞,34.85,112.45,,,,\n4,错,34.81,112.501,410308101,,,\n5,县,34.81,112.41,410308,,,\n6,飞地,34.75,113.35,,,,\n7,无,,,,,,\n");
        let area = async |id: i32| {
            let app = answers(&database.ctx().await).await;
            get(&app, &format!("/api/v1/toilets/{id}"), None).await.1["area"]["code"].as_str().map(ToOwned::to_owned)
        };
        assert_eq!(area(1).await.as_deref(), Some("410308101"), "at import, where nothing is stated");
        assert_eq!(area(2).await.as_deref(), Some("410308106"));
        assert_eq!(area(3).await, None, "in the hole");
        assert_eq!(area(4).await.as_deref(), Some("410308101"), "what is stated counts");
        assert_eq!(area(5).await.as_deref(), Some("410308"), "even where more is known");
        let again = "1,西,34.81,112.41,,,,\n";
        take(again);
        let app = answers(&database.ctx().await).await;
        assert_eq!(get(&app, "/api/v1/toilets/1", None).await.1["revision"], 1, "what was found is no edit of the record");
        take("1,西,34.81,112.51,,,,\n");
        assert_eq!(area(1).await.as_deref(), Some("410308106"), "moved, it lies elsewhere");

        desk.outlines(&[feature("410308", &county)], &["--crs", "wgs84"]);
        assert_eq!(area(3).await, None, "outlines that come later count when toilets are placed anew");
        let dry = desk.report(&["place", "--dry-run"]);
        assert_eq!(area(6).await, None, "a dry run writes nothing");
        let placed = desk.report(&["place"]);
        assert_eq!((&dry["changed"], &placed["changed"]), (&2.into(), &2.into()));
        assert_eq!((&placed["toilets"], &placed["located"], &placed["filled"]), (&7.into(), &6.into(), &4.into()));
        assert_eq!(desk.report(&["place"])["changed"], 0);
        assert_eq!((area(3).await.as_deref(), area(6).await.as_deref()), (Some("410308"), Some("410308")), "a part of the county far away");
        let wrong = &placed["mismatches"][0];
        assert_eq!(placed["mismatches"].as_array().unwrap().len(), 1);
        assert_eq!((&wrong["toilet"], &wrong["stated"], &wrong["outside"], &wrong["located"]), (&4.into(), &"410308101".into(), &"410308101".into(), &"410308106".into()));
        assert!((wrong["metres"].as_f64().unwrap() - 91.3).abs() < 1.0, "{wrong}");
        let (_, told, _) = desk.areas(&["place"]);
        assert!(told.contains("toilet 4: stated 410308101, stands in 410308106, 91 m outside 410308101"), "{told}");
    }
}

on_both! {
    async fn mismatches_are_told_to_the_staff_of_the_area_alone(database: Database) {
        let desk = Desk::at(&database);
        desk.divisions(OF_2023);
        desk.outlines(&[square("410308101", 112.4, 34.8, Crs::Wgs84), square("410308004", 112.4, 34.8, Crs::Wgs84)], &["--crs", "wgs84"]);
        let ctx = database.ctx().await;
        let mut statements = Vec::new();
        for (key, code) in [("a", "410308101"), ("b", "410308004"), ("c", "410308101")] {
            let mut statement = crate::harness::make::statement(key);
            statement.draft.area = Some(code.parse().unwrap());
            statement.draft.position = Some(gongce::domain::place::Place::new(Wgs84::new(34.7, 112.45).unwrap(), Crs::Wgs84, true));
            statements.push(statement);
        }
        create(&ctx, statements).await.unwrap();
        let (mut tokens, mut number) = (Vec::new(), 10);
        for (role, area) in [(Role::Supervisor, "410308"), (Role::Auditor, "410308101"), (Role::Admin, "410308106"), (Role::Cleaner, "410308")] {
            number += 1;
            add(&ctx, number, role, area).await;
            tokens.push(sign_in(&ctx, number, role).await);
        }
        let app = answers(&ctx).await;
        let seen = async |token: &str, query: &str| {
            let (status, page) = get(&app, &format!("/api/v1/reports/area-mismatches{query}"), Some(token)).await;
            assert_eq!(status, 200, "{page}");
            let names = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned());
            (names.collect::<String>(), page["next"].as_str().map(ToOwned::to_owned))
        };
        assert_eq!(seen(&tokens[0], "").await, ("abc".to_owned(), None));
        assert_eq!(seen(&tokens[0], "?area=410306001").await.0, "b", "by an older code");
        assert_eq!(seen(&tokens[1], "").await.0, "ac");
        assert_eq!(seen(&tokens[2], "").await.0, "", "nothing of another town");
        let (first, next) = seen(&tokens[0], "?limit=2").await;
        assert_eq!((first.as_str(), seen(&tokens[0], &format!("?limit=2&cursor={}", next.unwrap())).await.0.as_str()), ("ab", "c"));
        assert_eq!(get(&app, "/api/v1/reports/area-mismatches", Some(&tokens[3])).await.0, 403);
        assert_eq!(get(&app, "/api/v1/reports/area-mismatches", None).await.0, 401);
        assert_eq!(get(&app, "/api/v1/reports/area-mismatches?area=7", Some(&tokens[0])).await.0, 422);
    }
}

/// Registers toilets with their areas, as an import does.
async fn create(ctx: &Ctx, statements: Vec<gongce::domain::statement::Statement>) -> Result<(), StoreError> {
    let areas = ctx.store.areas().await?;
    let made = ctx.store.write(ctx.author("test"), move |tx| {
        Box::pin(async move {
            let source = tx.put_source("test", None, None, true).await?;
            let id = |code: &gongce::domain::area::AreaCode| {
                areas.iter().find(|area| area.fact.code == *code).map(|area| area.id.0)
            };
            let rows: Vec<_> = statements.iter().map(|new| (new, new.draft.area.as_ref().and_then(id))).collect();
            let made = tx.create_toilets(source, &rows).await?;
            let made: Vec<_> = made.into_values().collect();
            crate::harness::make::journaled(tx, &made).await
        })
    });
    made.await
}

on_both! {
    async fn the_demonstration_marks_its_outlines_as_drawn(database: Database) {
        let ctx = database.ctx().await;
        gongce::usecase::demonstration::fill(&ctx).await.unwrap();
        let app = answers(&ctx).await;
        for code in ["410308", "410308101"] {
            let (_, area) = get(&app, &format!("/api/v1/areas/{code}?outline=simple&crs=gcj02"), None).await;
            assert_eq!((&area["outline"]["label"], &area["outline"]["crs"]), (&"示意图".into(), &"gcj02".into()), "{code}");
        }
        let placed = Desk::at(&database).report(&["place"]);
        assert_eq!((&placed["changed"], placed["mismatches"].as_array().unwrap().len()), (&0.into(), 0), "{placed}");
    }
}
