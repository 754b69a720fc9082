//! What nothing shows goes, and what is missing is found.

use std::sync::Arc;

use gongce::domain::account::Role;
use gongce::domain::event::{Action, RecordKind, Wanted};
use gongce::usecase::photos::{Swept, missing, sweep};
use sea_orm::{ConnectionTrait, Database as Connection};

use super::pictures::plain;
use super::{attach, ctx, detach, fetch, files, hours, id, path, send, service, toilet};
use crate::harness::program::{run, stderr, stdout};
use crate::harness::service::Service;
use crate::harness::stores::on_both;

on_both! {
    async fn what_nothing_shows_goes_after_a_day(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        let toilet = toilet(&service, &token, "甲", "410308101").await;
        // Two of one picture, of which one is shown; one alone; one that was shown and is no more.
        for (number, picture) in [(1, 1), (2, 1), (3, 3), (4, 4)] {
            assert_eq!(send(&service, &token, number, &plain(picture)).await.status, 201);
        }
        assert_eq!(attach(&service, &token, &toilet, 1, 1).await.status, 200);
        assert_eq!(attach(&service, &token, &toilet, 4, 2).await.status, 200);
        let at = async |hour| {
            let late = ctx(&database, hours(hour), None).await;
            sweep(&late).await.unwrap()
        };
        assert_eq!((at(24).await, files(&database).len()), (Swept::default(), 6), "not before a day is over");
        assert_eq!(at(25).await, Swept { photos: 2, files: 1 });
        assert_eq!(files(&database).len(), 4, "what another photo names stays");
        assert_eq!(fetch(&service, &path(3), &token, &[]).await.status, 404);
        assert_eq!(fetch(&service, &path(1), "", &[]).await.status, 200);
        let later = Service::around(ctx(&database, hours(100), None).await).await;
        assert_eq!(detach(&later, &token, &toilet, 4, 3).await.status, 204);
        assert_eq!(at(124).await, Swept::default());
        assert_eq!(at(125).await, Swept { photos: 1, files: 1 }, "a day after it was taken away");
        assert_eq!((at(200).await, files(&database).len()), (Swept::default(), 2));
        assert_eq!(service.ctx.store.check().await.unwrap(), []);
        let told = service.ctx.store.trail(&Wanted::default(), None, 100).await.unwrap();
        let gone = told.iter().filter(|entry| entry.kind == RecordKind::Photo && entry.action == Action::Delete);
        assert_eq!(gone.count(), 3, "the journal remembers them");
    }
}

on_both! {
    async fn a_photo_is_what_its_history_says_and_one_that_is_not_is_found(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        for number in [1, 2, 3] {
            assert_eq!(send(&service, &token, number, &plain(0)).await.status, 201);
        }
        // Who sends one anew that was swept takes up its id.
        let later = ctx(&database, hours(25), None).await;
        sweep(&later).await.unwrap();
        for number in [1, 2, 3, 4] {
            assert_eq!(send(&service, &token, number, &plain(0)).await.status, 201);
        }
        assert_eq!(service.ctx.store.check().await.unwrap(), [], "the control");
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        for sql in [
            format!("UPDATE photo SET state = 'passed' WHERE id = '{}'", id(2)),
            format!("UPDATE photo SET person_id = '{}' WHERE id = '{}'", id(9), id(3)),
            format!("DELETE FROM photo WHERE id = '{}'", id(4)),
        ] {
            raw.execute_unprepared(&sql).await.unwrap();
        }
        let found = service.ctx.store.check().await.unwrap();
        let told: Vec<_> = found.iter().map(|fault| (fault.key.as_deref().unwrap_or_default(), &fault.message)).collect();
        assert_eq!(told.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [id(2), id(3), id(4)], "{told:?}");
        let words = ["state", "by", "not there"];
        assert!(told.iter().zip(words).all(|((_, message), word)| message.contains(word)), "{told:?}");
    }
}

on_both! {
    async fn a_photo_that_is_sent_while_its_like_is_swept_is_whole(database: Database) {
        let early = service(&database).await;
        let token = early.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(send(&early, &token, 1, &plain(0)).await.status, 201);
        let late = ctx(&database, hours(30), None).await;
        let service = Arc::new(Service::around(Arc::clone(&late)).await);
        let mut all = Vec::new();
        for number in 2..8 {
            let (service, token) = (Arc::clone(&service), token.clone());
            all.push(tokio::spawn(async move {
                // Whoever comes while it is being deleted is asked to come again.
                for _ in 0..50 {
                    match send(&service, &token, number, &plain(0)).await.status {
                        503 => tokio::task::yield_now().await,
                        status => return status,
                    }
                }
                503
            }));
            sweep(&late).await.unwrap();
        }
        for one in all {
            assert_eq!(one.await.unwrap(), 201);
        }
        assert_eq!(files(&database).len(), 2);
        assert_eq!(missing(&late.store, late.photos.as_ref()).await.unwrap(), []);
    }
}

on_both! {
    async fn what_a_sweep_could_not_end_the_next_one_ends(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        assert_eq!(send(&service, &token, 1, &plain(0)).await.status, 201);
        // As after a crash between the two: on record as leaving, and still there.
        database.damage();
        let raw = Connection::connect(&database.url).await.unwrap();
        raw.execute_unprepared("DELETE FROM photo").await.unwrap();
        raw.execute_unprepared("UPDATE photo_file SET leaving = TRUE").await.unwrap();
        let busy = send(&service, &token, 2, &plain(0)).await;
        assert_eq!((busy.problem(503).0.as_str(), busy.header("retry-after")), ("unavailable", "2"));
        assert_eq!(sweep(&service.ctx).await.unwrap(), Swept { photos: 0, files: 1 });
        assert_eq!(files(&database), [""; 0]);
        assert_eq!(send(&service, &token, 2, &plain(0)).await.status, 201);
        assert_eq!(missing(&service.ctx.store, service.ctx.photos.as_ref()).await.unwrap(), []);
    }
}

on_both! {
    async fn a_file_that_is_missing_is_found_and_mended_by_whoever_sends_it_again(database: Database) {
        let service = service(&database).await;
        let token = service.sign_in(Role::Supervisor, "410308").await;
        for number in [1, 2] {
            assert_eq!(send(&service, &token, number, &plain(number.try_into().unwrap())).await.status, 201);
        }
        let folder = database.folder.path().join("photos");
        let check = || {
            let config = database.folder.path().join("gongce.toml");
            std::fs::write(&config, format!("photos = \"{}\"\n", folder.display())).unwrap();
            run(database.folder.path(), &["--config", config.to_str().unwrap(), "--database-url", &database.url, "db", "check"])
        };
        let whole = check();
        assert!(whole.status.success() && stdout(&whole).contains("photo files    ok"), "{}{}", stdout(&whole), stderr(&whole));
        let lost = service.ctx.store.photo(id(2).parse().unwrap()).await.unwrap().unwrap().file.content;
        let name = format!("{}/{lost}.jpg", &lost.as_str()[..2]);
        std::fs::remove_file(folder.join(&name)).unwrap();
        let damaged = check();
        assert!(!damaged.status.success());
        assert!(stdout(&damaged).contains(&format!("photo files: photo_file {lost}: {name} is not in")), "{}", stdout(&damaged));
        let seen = fetch(&service, &path(2), &token, &[]).await;
        assert_eq!(seen.problem(500).0, "internal");
        assert_eq!(fetch(&service, &path(1), &token, &[]).await.status, 200, "the control");
        assert_eq!(send(&service, &token, 3, &plain(2)).await.status, 201);
        assert_eq!(fetch(&service, &path(2), &token, &[]).await.status, 200);
        assert!(check().status.success());
        let nowhere = missing(&service.ctx.store, None).await.unwrap();
        assert!(nowhere[0].message.contains("set photos"), "{nowhere:?}");
    }
}
