//! What a session check asks of the database.

use std::sync::{Arc, Mutex};

use gongce::domain::holiday::Calendars;
use gongce::http::render_fragment;
use gongce::store::{Listener, Store};
use gongce::usecase::{Clock, Ctx, sessions};

use super::{moment, service};
use crate::harness::make::keys;
use crate::harness::stores::on_both;

on_both! {
    async fn a_session_check_is_one_statement(database: Database) {
        let (token, _) = service(&database, 0).await.first_admin().await;
        let statements = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&statements);
        let listener: Listener = Arc::new(move |statement| heard.lock().unwrap().push(statement.to_owned()));
        let checked = async |seconds| {
            let store = Store::open_heard(&database.url, None, Some(Arc::clone(&listener))).await.unwrap();
            let ctx = Ctx::new(store, Clock::fixed(moment(seconds)), Calendars::builtin(), keys("1"), render_fragment);
            statements.lock().unwrap().clear();
            let opened = sessions::check(&ctx, &token).await.unwrap();
            assert_eq!(opened.actor.grants.len(), 1);
            statements.lock().unwrap().clone()
        };
        let within_a_minute = checked(59).await;
        assert!(within_a_minute.len() == 1 && within_a_minute[0].starts_with("SELECT"), "{within_a_minute:?}");
        let after_it = checked(60).await;
        assert_eq!(after_it.len(), 2, "the control: the listener hears writes too, here of the last use: {after_it:?}");
        assert!(after_it[1].starts_with("UPDATE"), "{after_it:?}");
        assert_eq!(checked(119).await.len(), 1, "once a minute");
    }
}
