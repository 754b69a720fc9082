//! Imports: nothing guessed, nothing lost, nothing written twice, and edits made here stay.

use std::fmt::Write;
use std::sync::Arc;

use gongce::domain::event::RecordKind;
use gongce::domain::id::ToiletId;
use gongce::domain::patch::Patch;
use gongce::domain::statement::Statement;
use gongce::domain::toilet::Lifecycle;
use gongce::intake::Profile;
use gongce::store::{Around, StoreError};
use gongce::usecase::imports::{Detail, Input, Options, Report, run};
use gongce::usecase::registering::{self, Expected};
use gongce::usecase::{Ctx, Failure};

use crate::harness::make;
use crate::harness::service::admin;
use crate::harness::stores::on_both;

/// The profile of a made-up bureau.
pub(crate) const PROFILE: &str = r#"
zone = "Asia/Shanghai"
[source]
name = "bureau"
[format]
kind = "csv"
[key]
columns = ["key"]
[position]
crs = "wgs84"
latitude = "lat"
longitude = "lng"
bbox = [112.0, 34.0, 113.0, 36.0]
missing = "unlocated"
[fields]
name = "name"
address = "address"
[fields.facilities]
wheelchair = "wheelchair"
[[operators]]
role = "operating"
kind = { constant = "department" }
name = "operator"
[[grades]]
standard = { constant = "GB/T 18973-2016" }
grade = "grade"
"#;

const HEADER: &str = "key,name,lat,lng,address,wheelchair,operator,grade\n";

pub(crate) const PLAIN: Options =
    Options { dry_run: false, sync: false, force: false, at: chrono::DateTime::UNIX_EPOCH, detail: Detail::REMARKS };
const SYNC: Options = Options { sync: true, ..PLAIN };

/// Takes in rows of the made-up bureau's CSV.
async fn take(ctx: &Ctx, rows: &str, options: Options) -> Result<Report, Failure> {
    take_under(ctx, PROFILE, rows, options).await
}

async fn take_under(ctx: &Ctx, profile: &str, rows: &str, options: Options) -> Result<Report, Failure> {
    let profile = Profile::parse(profile).unwrap();
    let file = Input { name: "list.csv".to_owned(), bytes: format!("{HEADER}{rows}").into_bytes() };
    let report = run(ctx, &profile, &[file], options, &|_| {}).await?;
    let sum = report.created + report.updated + report.unchanged + report.rejected + report.repeated + report.skipped;
    assert_eq!(report.read, sum, "every row is counted once: {report:?}");
    Ok(report)
}

/// Takes in statements that say no more than a key and a name.
pub(crate) async fn import(ctx: &Ctx, statements: &[Statement]) {
    let mut rows = String::new();
    for statement in statements {
        writeln!(rows, "{0},{0},34.8,112.4,,,,", statement.key).unwrap();
    }
    let report = take(ctx, &rows, PLAIN).await.unwrap();
    assert_eq!(report.created, u64::try_from(statements.len()).unwrap());
}

/// All toilets of the register.
async fn toilets(ctx: &Ctx) -> Vec<gongce::domain::Toilet> {
    let around: Around = ctx.store.around().await.unwrap();
    ctx.store.toilets_after(ToiletId(0), 1_000, &around).await.unwrap()
}

const THREE: &str = "1,甲,34.8,112.4,东街,yes,城管局,AA\n2,乙,34.81,112.41,西街,,城管局,\n3,丙,,,南街,no,,3A\n";

on_both! {
    async fn a_file_comes_out_as_it_went_in(database: Database) {
        let ctx = database.ctx().await;
        let report = take(&ctx, THREE, PLAIN).await.unwrap();
        assert_eq!((report.read, report.created), (3, 3));

        let toilets = toilets(&ctx).await;
        let [first, _, third] = toilets.as_slice() else { panic!("three toilets") };
        assert_eq!(first.fact.name.as_str(), "甲");
        assert_eq!(first.tenures.first().map(|tenure| tenure.operator.name.as_str()), Some("城管局"));
        assert_eq!(third.grades.first().map(|grade| grade.fact.grade().as_str()), Some("AAA"));
        assert!(third.fact.position.is_none(), "an address alone is enough to be planned for");
        assert_eq!(third.source.as_ref().map(|source| source.key.as_str()), Some("3"));
    }
}

on_both! {
    async fn the_same_file_twice_changes_nothing(database: Database) {
        let ctx = database.ctx().await;
        take(&ctx, THREE, PLAIN).await.unwrap();
        let before = (toilets(&ctx).await, ctx.store.journal_length().await.unwrap());
        let report = take(&ctx, THREE, SYNC).await.unwrap();
        assert_eq!((report.unchanged, report.updated, report.retired), (3, 0, 0));
        assert_eq!((toilets(&ctx).await, ctx.store.journal_length().await.unwrap()), before);
    }
}

on_both! {
    async fn only_what_the_publisher_changed_is_written(database: Database) {
        let ctx = database.ctx().await;
        take(&ctx, THREE, PLAIN).await.unwrap();
        edit_address(&ctx, ToiletId(1), "edited here").await;

        let changed = "1,甲改,34.8,112.4,东大街,yes,环卫公司,AA\n2,乙,34.81,112.41,西街,,城管局,\n3,丙,,,南街,no,,3A\n";
        let report = take(&ctx, changed, PLAIN).await.unwrap();
        assert_eq!((report.updated, report.unchanged), (1, 2));
        assert_eq!(report.warnings_by_code.get("edited_here"), Some(&1));

        let toilets = toilets(&ctx).await;
        let first = toilets.first().unwrap();
        assert_eq!(first.fact.name.as_str(), "甲改", "what the publisher changed is taken");
        assert_eq!(first.fact.address.as_ref().unwrap().as_str(), "edited here", "what was edited here stays");
        assert_eq!(first.revision, 3);
        let now: Vec<_> = first.tenures.iter().filter(|tenure| tenure.days.to().is_none()).collect();
        assert_eq!(now.len(), 1);
        assert_eq!(now.first().unwrap().operator.name.as_str(), "环卫公司");
        assert_eq!(first.tenures.len(), 2, "the former operator stays on record with its dates");
    }
}

/// Changes an address as a person would.
async fn edit_address(ctx: &Ctx, id: ToiletId, address: &str) {
    let found = ctx.store.toilets(&[id]).await.unwrap();
    let revision = found.first().unwrap().revision;
    let fields = [("address".to_owned(), Some(address.into()))].into();
    let patch = Patch { fields, handovers: Vec::new() };
    registering::update(ctx, admin(), id, Expected(vec![revision]), patch).await.unwrap();
}

on_both! {
    async fn a_complete_list_retires_what_is_gone_and_brings_it_back(database: Database) {
        let ctx = database.ctx().await;
        let rows: Vec<_> = (1..=10).map(|key| format!("{key},甲{key},34.8,112.4,,,,\n")).collect();
        take(&ctx, &rows.concat(), PLAIN).await.unwrap();

        let report = take(&ctx, &rows[1..].concat(), SYNC).await.unwrap();
        assert_eq!((report.retired, report.unchanged), (1, 9));
        let gone = toilets(&ctx).await.into_iter().next().unwrap();
        assert_eq!((gone.fact.lifecycle, gone.revision), (Lifecycle::Retired, 2), "retired, not deleted");
        assert_eq!(take(&ctx, &rows[1..].concat(), SYNC).await.unwrap().retired, 0, "and retired once");

        let report = take(&ctx, &rows.concat(), SYNC).await.unwrap();
        assert_eq!((report.updated, report.created), (1, 0));
        assert_eq!(toilets(&ctx).await.first().unwrap().fact.lifecycle, Lifecycle::InService);
    }
}

on_both! {
    async fn a_list_that_was_cut_off_changes_nothing(database: Database) {
        let ctx = database.ctx().await;
        let rows: Vec<_> = (1..=10).map(|key| format!("{key},甲{key},34.8,112.4,,,,\n")).collect();
        take(&ctx, &rows.concat(), PLAIN).await.unwrap();
        let before = ctx.store.journal_length().await.unwrap();

        let cut = format!("{}11,new,34.8,112.4,,,,\n", rows[3..].concat());
        let refusal = take(&ctx, &cut, SYNC).await.unwrap_err().to_string();
        assert!(refusal.contains("3 of 10"), "{refusal}");
        assert_eq!(ctx.store.journal_length().await.unwrap(), before, "not even the new one was made");

        let forced = take(&ctx, &cut, Options { force: true, ..SYNC }).await.unwrap();
        assert_eq!((forced.retired, forced.created), (3, 1));
    }
}

on_both! {
    async fn a_rejected_row_is_told_with_its_line_and_is_not_missing(database: Database) {
        let ctx = database.ctx().await;
        take(&ctx, THREE, PLAIN).await.unwrap();
        let swapped = "1,甲,112.4,34.8,东街,yes,城管局,AA\n2,乙,34.81,112.41,西街,,城管局,\n3,丙,,,南街,no,,3A\n";
        let report = take(&ctx, swapped, SYNC).await.unwrap();
        assert_eq!((report.rejected, report.retired, report.unchanged), (1, 0, 2));
        let told = report.rows.first().unwrap();
        assert_eq!((told.line, told.outcome.as_ref()), (2, "rejected"));
        assert!(told.message.contains("swapped"), "{}", told.message);
    }
}

on_both! {
    async fn a_dry_run_writes_nothing_and_tells_the_same(database: Database) {
        let ctx = database.ctx().await;
        let dry = take(&ctx, THREE, Options { dry_run: true, ..PLAIN }).await.unwrap();
        assert_eq!((dry.created, toilets(&ctx).await.len()), (3, 0));
        assert_eq!(ctx.store.journal_length().await.unwrap(), 0);
        assert!(ctx.store.source("bureau").await.unwrap().is_none());
        let wet = take(&ctx, THREE, PLAIN).await.unwrap();
        assert_eq!((dry.read, dry.created, dry.facts), (wet.read, wet.created, wet.facts));
    }
}

on_both! {
    async fn two_imports_at_once_make_each_toilet_once(database: Database) {
        let ctx = database.ctx().await;
        let rows = (0..40).map(|key| format!("{key},甲{key},34.8,112.4,,,城管局,\n")).collect::<Vec<_>>().concat();
        let both = [(); 2].map(|()| {
            let (ctx, rows) = (Arc::clone(&ctx), rows.clone());
            async move { take(&ctx, &rows, PLAIN).await }
        });
        let [first, second] = both;
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok() || second.is_ok());
        let made = toilets(&ctx).await;
        assert_eq!(made.len(), 40);
        // Not as followers read the journal: they wait for every older transaction of the whole cluster.
        let keys: Vec<_> = made.iter().map(|toilet| toilet.id.to_string()).collect();
        let histories = ctx.store.histories(RecordKind::Toilet, &keys).await.unwrap();
        assert!(histories.len() == 40 && histories.values().all(|history| history.len() == 1), "{histories:?}");
    }
}

on_both! {
    async fn imports_of_one_source_take_turns(database: Database) {
        let ctx = database.ctx().await;
        let rows = |address: &str| -> String {
            (0..60).map(|key| format!("{key},甲{key},34.8,112.4,{address},,城管局,\n")).collect::<Vec<_>>().concat()
        };
        take(&ctx, &rows("一路"), PLAIN).await.unwrap();
        let imports = ["二路", "三路", "四路", "五路"].map(|address| {
            let (ctx, rows) = (Arc::clone(&ctx), rows(address));
            tokio::spawn(async move { take(&ctx, &rows, PLAIN).await.unwrap().updated })
        });
        for import in imports {
            assert_eq!(import.await.unwrap(), 60);
        }
        // Whichever came last, the register and what is remembered of the source agree: nothing is stuck.
        let toilets = toilets(&ctx).await;
        let last = toilets.first().unwrap().fact.address.as_ref().unwrap().to_string();
        assert!(toilets.iter().all(|toilet| toilet.revision == 5));
        assert_eq!(take(&ctx, &rows(&last), PLAIN).await.unwrap().unchanged, 60);
        assert_eq!(take(&ctx, &rows("六路"), PLAIN).await.unwrap().updated, 60);
    }
}

on_both! {
    async fn a_change_of_one_body_leaves_the_others_alone(database: Database) {
        let ctx = database.ctx().await;
        let profile = format!("{PROFILE}[[operators]]\nrole = \"owner\"\nkind = {{ constant = \"other\" }}\nname = \"address\"\n");
        take_under(&ctx, &profile, "1,甲,34.8,112.4,东街办,,城管局,\n", PLAIN).await.unwrap();
        take_under(&ctx, &profile, "1,甲,34.8,112.4,西街办,,城管局,\n", PLAIN).await.unwrap();
        let toilets = toilets(&ctx).await;
        let tenures = &toilets.first().unwrap().tenures;
        let running = tenures.iter().find(|tenure| tenure.operator.name.as_str() == "城管局").unwrap();
        assert_eq!((running.days.from(), running.days.to()), (None, None), "untouched");
        let owners: Vec<_> = tenures.iter().filter(|tenure| tenure.operator.name.as_str().ends_with("街办")).collect();
        assert_eq!(owners.len(), 2);
        assert_eq!(owners.iter().filter(|owner| owner.days.to().is_none()).count(), 1);
    }
}

on_both! {
    async fn a_row_that_cannot_be_read_retires_nobody(database: Database) {
        let ctx = database.ctx().await;
        let rows: Vec<_> = (1..=10).map(|key| format!("{key},甲{key},34.8,112.4,,,,\n")).collect();
        take(&ctx, &rows.concat(), PLAIN).await.unwrap();
        let broken = rows.concat().replace("3,甲3,34.8,112.4,,,,\n", "3,甲3,34.8,112.4,,,,,one,too,many\n");
        let refusal = take(&ctx, &broken, SYNC).await.unwrap_err().to_string();
        assert!(refusal.contains("list.csv:4"), "{refusal}");
        assert_eq!(take(&ctx, &broken, PLAIN).await.unwrap().rejected, 1, "without --sync it is told as any other");
    }
}

on_both! {
    async fn an_area_is_taken_up_when_it_becomes_known(database: Database) {
        let ctx = database.ctx().await;
        let profile = PROFILE.replace("address = \"address\"", "area = \"address\"");
        let row = "1,甲,34.8,112.4,410322,,,\n";
        let report = take_under(&ctx, &profile, row, PLAIN).await.unwrap();
        assert_eq!(report.warnings_by_code.get("unknown_area"), Some(&1));

        let county = gongce::demo::county().unwrap();
        let areas: Vec<_> = county.areas.into_iter().take(3).collect();
        let made = ctx.store.write(ctx.author("test"), move |tx| Box::pin(make_areas(tx, areas))).await;
        made.unwrap();
        let report = take_under(&ctx, &profile, row, PLAIN).await.unwrap();
        assert_eq!((report.updated, report.warnings_by_code.len()), (1, 0), "the old code finds the area of today");
        let toilets = toilets(&ctx).await;
        assert_eq!(toilets.first().unwrap().area.as_ref().unwrap().code.as_str(), "410308");
        assert_eq!(take_under(&ctx, &profile, row, PLAIN).await.unwrap().unchanged, 1);
    }
}

async fn make_areas(tx: &gongce::store::Tx, areas: Vec<gongce::domain::area::NewArea>) -> Result<(), StoreError> {
    for area in &areas {
        make::area(tx, area).await?;
    }
    Ok(())
}

on_both! {
    async fn what_is_made_during_a_scan_is_no_corruption(database: Database) {
        let ctx = database.ctx().await;
        let before = ctx.store.around().await.unwrap();
        take(&ctx, THREE, PLAIN).await.unwrap();
        let toilets = ctx.store.toilets_after(ToiletId(0), 10, &before).await.unwrap();
        let first = toilets.first().unwrap();
        assert_eq!((first.tenures.len(), first.source.is_some()), (1, true));
    }
}

on_both! {
    async fn nothing_is_written_when_a_later_file_is_not_what_it_should_be(database: Database) {
        let ctx = database.ctx().await;
        let profile = Profile::parse(PROFILE).unwrap();
        let file = |name: &str, text: &str| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
        let files = [file("good.csv", &format!("{HEADER}{THREE}")), file("bad.csv", "a,b\n1,2\n")];
        let refusal = run(&ctx, &profile, &files, PLAIN, &|_| {}).await.unwrap_err();
        assert!(matches!(refusal, Failure::Invalid(_)), "{refusal:?}");
        assert!(ctx.store.is_empty().await.unwrap());
    }
}
