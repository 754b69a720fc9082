//! Whatever a toilet can be, the register gives back.

use gongce::demo;
use gongce::domain::id::ToiletId;
use gongce::usecase::demonstration;

use crate::harness::stores::on_both;

on_both! {
    async fn the_whole_county_comes_out_as_it_went_in(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let county = demo::county().unwrap();
        let areas = ctx.store.areas().await.unwrap();
        assert_eq!(areas.len(), county.areas.len());
        for area in &county.areas {
            let kept = areas.iter().find(|kept| kept.fact.code == area.code).unwrap();
            assert_eq!(&kept.fact, area);
        }
        let around = ctx.store.around().await.unwrap();
        let kept = ctx.store.toilets_after(ToiletId(0), 1_000, &around).await.unwrap();
        assert_eq!(kept.len(), county.statements.len());
        for (toilet, statement) in kept.iter().zip(&county.statements) {
            assert_eq!(toilet.fact, statement.draft, "{}", statement.key);
            let grades: Vec<_> = toilet.grades.iter().map(|grade| grade.fact.clone()).collect();
            let outages: Vec<_> = toilet.outages.iter().map(|outage| outage.fact.clone()).collect();
            let bodies: Vec<_> = toilet.tenures.iter().map(|tenure| (tenure.role, &tenure.operator.name)).collect();
            let stated: Vec<_> = statement.operators.iter().map(|body| (body.role, &body.name)).collect();
            assert_eq!((&grades, &outages, &bodies), (&statement.grades, &statement.outages, &stated));
            assert!(toilet.source.as_ref().is_some_and(|source| source.synthetic && source.key == statement.key));
        }
    }
}

on_both! {
    async fn ids_of_toilets_and_areas_never_meet(database: Database) {
        let ctx = database.ctx().await;
        demonstration::fill(&ctx).await.unwrap();
        let areas = ctx.store.areas().await.unwrap();
        assert!(areas.iter().all(|area| (800_000_001..=899_999_999).contains(&area.id.0)));
        let around = ctx.store.around().await.unwrap();
        let toilets = ctx.store.toilets_after(ToiletId(0), 1_000, &around).await.unwrap();
        assert!(toilets.iter().all(|toilet| (1..800_000_000).contains(&toilet.id.0)));
        assert_eq!(toilets.iter().find(|toilet| toilet.fact.name.as_str() == "长华社区公厕").unwrap().id.0, 17);
    }
}
