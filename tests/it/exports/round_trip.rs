//! Export → import into an empty database → export gives the same bytes.

use gongce::domain::id::ToiletId;
use gongce::export::Format;
use gongce::usecase::demonstration;

use super::{PLAIN, assert_same, take_in, taken_away};
use crate::harness::stores::on_both;

/// Rows that are out to break a table: quotes, line breaks, formulas, tags, edges of the world, unknowns, gaps in ids.
const NASTY: &str = include_str!("nasty.geojson");

on_both! {
    async fn the_demonstration_county_comes_back_to_the_byte(database: Database) {
        let ctx = database.ctx().await;
        let made = demonstration::fill(&ctx).await.unwrap();
        for format in [Format::Csv, Format::Geojson] {
            let away = taken_away(&ctx, format).await;
            let elsewhere = Database::migrated(database.kind).await;
            let other = elsewhere.ctx().await;
            let report = take_in(&other, format, &away, PLAIN).await.unwrap();
            assert_eq!((report.created, report.rejected), (u64::try_from(made).unwrap(), 0), "{:?}", report.rows);
            assert!(report.rows.is_empty(), "{:?}", report.rows);
            assert_same(&away, &taken_away(&other, format).await);
        }
    }
}

on_both! {
    async fn rows_that_are_out_to_break_it_come_back_to_the_byte(database: Database) {
        let ctx = database.ctx().await;
        let report = take_in(&ctx, Format::Geojson, NASTY.as_bytes(), PLAIN).await.unwrap();
        assert_eq!((report.created, report.read), (7, 7), "{:?}", report.rows);
        let (table, features) = (taken_away(&ctx, Format::Csv).await, taken_away(&ctx, Format::Geojson).await);
        assert_same(&features, NASTY.as_bytes());
        let elsewhere = Database::migrated(database.kind).await;
        let other = elsewhere.ctx().await;
        take_in(&other, Format::Csv, &table, PLAIN).await.unwrap();
        assert_same(&table, &taken_away(&other, Format::Csv).await);
        assert_same(&features, &taken_away(&other, Format::Geojson).await);
        // The next toilet does not get an id that came with a file.
        let report = take_in(&other, Format::Csv, NEW_ROW.as_bytes(), PLAIN).await.unwrap();
        assert_eq!(report.created, 1, "{:?}", report.rows);
        let mut moment = other.store.moment().await.unwrap();
        let last = moment.records_after(ToiletId(700_000), 10).await.unwrap();
        assert_eq!(last.iter().map(|record| record.id).collect::<Vec<_>>(), [Some(ToiletId(700_001))]);
    }
}

/// A row that somebody added to a table has no id.
const NEW_ROW: &str = "source,sourceKey,name,zone\nsomebody,new,新公厕,Asia/Shanghai\n";

on_both! {
    async fn a_workbook_says_the_same_as_the_table(database: Database) {
        let ctx = database.ctx().await;
        take_in(&ctx, Format::Geojson, NASTY.as_bytes(), PLAIN).await.unwrap();
        let workbook = taken_away(&ctx, Format::Xlsx).await;
        let elsewhere = Database::migrated(database.kind).await;
        let other = elsewhere.ctx().await;
        let report = take_in(&other, Format::Xlsx, &workbook, PLAIN).await.unwrap();
        assert_eq!(report.created, 7, "{:?}", report.rows);
        assert_same(&taken_away(&ctx, Format::Csv).await, &taken_away(&other, Format::Csv).await);
    }
}
