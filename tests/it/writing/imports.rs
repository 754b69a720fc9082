//! What is edited here stands up to the next import of its source.

use gongce::domain::account::Role;
use gongce::intake::Profile;
use gongce::usecase::imports::{Input, Report, run};
use serde_json::json;

use crate::harness::service::Service;
use crate::harness::stores::on_both;
use crate::imports::{PLAIN, PROFILE};

async fn take(service: &Service, row: &str) -> Report {
    let bytes = format!("key,name,lat,lng,address,wheelchair,operator,grade\n{row}\n").into_bytes();
    let files = [Input { name: "list.csv".to_owned(), bytes }];
    run(&service.ctx, &Profile::parse(PROFILE).unwrap(), &files, PLAIN, &|_| {}).await.unwrap()
}

on_both! {
    async fn what_is_edited_here_is_not_overwritten(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        take(&service, "1,甲,34.8,112.4,东街,no,城管局,").await;
        let edit = json!({
            "name": "甲公厕", "facilities": {"wheelchair": "yes", "paper": "yes"},
            "operators": {"operating": {"name": "环卫公司"}}
        });
        let edited = service.patch("/api/v1/toilets/1", &token, 1, edit).await.json_of(200);
        let report = take(&service, "1,甲改,34.81,112.4,西街,limited,保洁公司,").await;
        assert_eq!((report.updated, report.warnings_by_code.get("edited_here")), (1, Some(&3)));
        let after = service.get("/api/v1/toilets/1", "").await.json_of(200);
        for kept in ["name", "facilities", "operator", "attested"] {
            assert_eq!(after[kept], edited[kept], "{kept}");
        }
        assert_eq!((&after["address"], &after["position"]["latitude"]), (&json!("西街"), &json!(34.81)));
    }
}

on_both! {
    async fn what_a_source_changes_is_no_longer_attested(database: Database) {
        let service = Service::on(&database).await;
        let token = service.sign_in(Role::Admin, "").await;
        take(&service, "1,甲,34.8,112.4,东街,no,,").await;
        // Somebody looked, and found what the source says.
        let seen = service.patch("/api/v1/toilets/1", &token, 1, json!({"facilities": {"wheelchair": "no"}})).await;
        assert!(seen.json_of(200)["attested"]["facilities.wheelchair"].is_object());
        take(&service, "1,甲,34.8,112.4,东街,yes,,").await;
        let after = service.get("/api/v1/toilets/1", "").await.json_of(200);
        assert_eq!((&after["facilities"]["wheelchair"], after.get("attested")), (&json!("yes"), None));
    }
}
