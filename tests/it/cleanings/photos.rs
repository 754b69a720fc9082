//! The photos of cleanings, which arrive before or after the records that name them.

use gongce::domain::account::Role;
use gongce::usecase::photos::sweep;

use super::*;
use crate::harness::stores::on_both;
use crate::photos::pictures::plain;
use crate::photos::{id as photo, send};

/// Whether somebody may see a photo.
async fn sees(service: &Service, token: &str, number: u32) -> u16 {
    service.send_bytes(Method::GET, &format!("/api/v1/photos/{}", photo(number)), token, &[], Vec::new()).await.0
}

on_both! {
    async fn photos_come_before_or_after(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        assert_eq!(send(&service, &cleaner, 1, &plain(1)).await.status, 201);
        let event = with(round(toilet, "07:00:00"), &json!({"photos": [photo(1), photo(2)]}));
        put(&service, &cleaner, 1, &event).await.json_of(201);
        assert_eq!(send(&service, &cleaner, 2, &plain(2)).await.status, 201);
        let stranger = service.sign_in(Role::Supervisor, "410308102").await;
        for number in [1, 2] {
            let seen = [sees(&service, &supervisor, number).await, sees(&service, &stranger, number).await, sees(&service, "", number).await];
            assert_eq!(seen, [200, 404, 404], "photo {number} is for the staff of the area");
        }
        // Whoever names another's photo does not show it.
        assert_eq!(send(&service, &stranger, 3, &plain(3)).await.status, 201);
        let taken = with(round(toilet, "07:20:00"), &json!({"photos": [photo(3)]}));
        put(&service, &cleaner, 2, &taken).await.json_of(201);
        assert_eq!(sees(&service, &supervisor, 3).await, 404);
        // What is shown stays, what is not goes.
        let later = ctx(&database, instant("2026-11-25T08:00:00Z")).await;
        assert_eq!(sweep(&later).await.unwrap().photos, 1);
        assert_eq!(sees(&service, &supervisor, 1).await, 200);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn a_picture_that_was_shown_before_is_told(database: Database) {
        let service = service(&database).await;
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        for (number, picture) in [(1, 1), (2, 1), (3, 3)] {
            assert_eq!(send(&service, &cleaner, number, &plain(picture)).await.status, 201);
            let event = with(round(toilet, &format!("0{number}:00:00")), &json!({"photos": [photo(number)]}));
            put(&service, &cleaner, number, &event).await.json_of(201);
        }
        // A correction that names the photo again shows no old picture anew.
        let amends = json!({"amends": id(3), "reason": "补充", "photos": [photo(3)]});
        put(&service, &cleaner, 4, &with(round(toilet, "07:00:00"), &amends)).await.json_of(201);
        let flags = async |number: u32| service.get(&format!("/api/v1/cleanings/{}", id(number)), &supervisor).await.json_of(200)["flags"].clone();
        assert_eq!([flags(1).await, flags(2).await, flags(4).await], [json!(["photoReused"]), json!(["photoReused"]), json!([])]);
        assert_whole(&service).await;
    }
}

on_both! {
    async fn a_photo_and_the_record_that_names_it_find_each_other(database: Database) {
        let service = Arc::new(service(&database).await);
        let (supervisor, cleaner) = (service.sign_in(Role::Supervisor, "410308").await, service.sign_in(Role::Cleaner, TOWN).await);
        let toilet = toilet(&service, &supervisor, TOWN, 0.0).await;
        let pairs: Vec<_> = (1..6)
            .map(|number| {
                let (service, cleaner) = (Arc::clone(&service), cleaner.clone());
                tokio::spawn(async move {
                    let event = with(round(toilet, "07:00:00"), &json!({"photos": [photo(number)]}));
                    let picture = plain(u8::try_from(number).unwrap());
                    let (sent, logged) = tokio::join!(send(&service, &cleaner, number, &picture), put(&service, &cleaner, number, &event));
                    (sent.status, logged.status)
                })
            })
            .collect();
        for pair in pairs {
            assert_eq!(pair.await.unwrap(), (201, 201));
        }
        assert_whole(&service).await;
    }
}
