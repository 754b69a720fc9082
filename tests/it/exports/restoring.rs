//! Files of this program in a register that is not empty.

use gongce::domain::id::ToiletId;
use gongce::export::Format;
use gongce::store::ROWS;
use gongce::usecase::demonstration;
use gongce::usecase::imports::Options;

use super::{PLAIN, assert_same, take_in, taken_away};
use crate::harness::stores::on_both;

on_both! {
    async fn the_same_file_again_changes_nothing_and_an_edited_one_only_what_was_edited(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let away = taken_away(&ctx, Format::Csv).await;
        let length = ctx.store.journal_length().await.unwrap();
        let report = take_in(&ctx, Format::Csv, &away, PLAIN).await.unwrap();
        assert_eq!((report.unchanged, report.read), (report.read, 182), "{:?}", report.rows);
        assert_eq!(ctx.store.journal_length().await.unwrap(), length);

        let text = String::from_utf8(away).unwrap();
        // As a spreadsheet may give it back: one name edited, flags in capitals.
        let edited = text.replacen("长华社区公厕", "长华公厕", 1).replace(",true,", ",TRUE,");
        let dry = take_in(&ctx, Format::Csv, edited.as_bytes(), Options { dry_run: true, ..PLAIN }).await.unwrap();
        assert_eq!((dry.updated, dry.unchanged), (1, 181), "{:?}", dry.rows);
        let report = take_in(&ctx, Format::Csv, edited.as_bytes(), PLAIN).await.unwrap();
        assert_eq!((report.updated, report.unchanged), (1, 181), "{:?}", report.rows);
        let expected = text.replacen("长华社区公厕", "长华公厕", 1);
        assert_same(&taken_away(&ctx, Format::Csv).await, expected.as_bytes());
    }
}

on_both! {
    async fn an_id_that_is_taken_goes_to_nobody_else(database: Database) {
        let ctx = database.ctx().await;
        let rows = |rows: &str| format!("id,source,sourceKey,name,zone\n{rows}");
        let first = rows("5,a,1,甲,UTC\n5,a,2,乙,UTC\n,gongce,new,丙,UTC\n");
        let report = take_in(&ctx, Format::Csv, first.as_bytes(), PLAIN).await.unwrap();
        assert_eq!(report.created, 3);
        let told: Vec<_> = report.rows.iter().map(|row| (row.line, row.code.as_ref())).collect();
        assert_eq!(told, [(3, "id_taken")]);

        // A row entered by hand in some register, whose id is another toilet's here: nobody can tell what it means.
        let second = rows("5,gongce,5,丁,UTC\n6,b,1,戊,UTC\n");
        let report = take_in(&ctx, Format::Csv, second.as_bytes(), PLAIN).await.unwrap();
        assert_eq!((report.rejected, report.created), (1, 1), "{:?}", report.rows);
        let mut moment = ctx.store.moment().await.unwrap();
        let all = moment.records_after(ToiletId(0), 10).await.unwrap();
        let names: Vec<_> = all.iter().map(|record| (record.id.unwrap().0, record.fact.name.as_str())).collect();
        assert_eq!(names[0], (5, "甲"));
        assert!(!names.iter().any(|(_, name)| *name == "丁"));
        assert_eq!(names.len(), 4);
    }
}

on_both! {
    async fn what_is_wrong_is_told_by_row_and_column_and_the_rest_is_taken(database: Database) {
        let ctx = database.ctx().await;
        let text = "id,source,sourceKey,name,zone,kind,latitude,longitude\n\
                    1,a,1,甲,UTC,villa,,\n2,a,2,乙,UTC,urban,34.8,\n3,a,3,,UTC,,,\n4,a,,丁,UTC,,,\n5,a,5,戊,UTC,,,\n5,a,5,戊,UTC,,,\n";
        let report = take_in(&ctx, Format::Csv, text.as_bytes(), PLAIN).await.unwrap();
        let told: Vec<_> = report.rows.iter().map(|row| (row.line, row.field.as_deref().unwrap_or(""), row.code.as_ref())).collect();
        let expected = [
            (2, "kind", "bad_value"),
            (3, "latitude", "bad_value"),
            (4, "name", "missing"),
            (5, "sourceKey", "missing"),
            (7, "key", "repeated"),
        ];
        assert_eq!(told, expected);
        assert_eq!((report.read, report.created, report.rejected, report.repeated), (6, 1, 4, 1));
        let sync = take_in(&ctx, Format::Csv, text.as_bytes(), Options { sync: true, ..PLAIN }).await;
        assert!(sync.is_err(), "such a file is the whole truth of nobody");
    }
}

on_both! {
    async fn an_export_shows_one_moment_however_long_it_takes(database: Database) {
        let ctx = database.ctx().await;
        // More than is read at a time.
        let all = ROWS + 100;
        let rows = |from: usize, number: usize, name: &str| {
            let line = |key: usize| format!("s,{key},{name},UTC\n");
            format!("source,sourceKey,name,zone\n{}", (from..from + number).map(line).collect::<String>())
        };
        take_in(&ctx, Format::Csv, rows(0, all, "before").as_bytes(), PLAIN).await.unwrap();
        let wanted = gongce::usecase::exports::Wanted {
            format: Format::Csv,
            crs: gongce::geo::Crs::Wgs84,
            areas: vec![],
            kinds: vec![],
            scope: gongce::usecase::exports::Scope::Everything,
            at: ctx.clock.now(),
        };
        let mut export = gongce::usecase::exports::begin(&ctx, wanted).await.unwrap();
        let mut bytes = export.next().await.unwrap().unwrap();
        take_in(&ctx, Format::Csv, rows(0, all, "after").as_bytes(), PLAIN).await.unwrap();
        take_in(&ctx, Format::Csv, rows(10_000, 100, "after").as_bytes(), PLAIN).await.unwrap();
        while let Some(piece) = export.next().await.unwrap() {
            bytes.extend(piece);
        }
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!((text.matches(",before,").count(), text.matches(",after,").count()), (all, 0));
    }
}
