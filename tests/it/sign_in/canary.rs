//! What is secret comes out nowhere: searched for by its text in all that is written or answered.

use gongce::domain::account::IdentityKind;
use gongce::domain::event::{Action, NewEntry, RecordKind};
use gongce::domain::secret::{Passphrase, Token, TokenKind};
use gongce::store::StoreError;
use gongce::usecase::invitations::{self, Joining};
use gongce::usecase::sessions::{Credentials, Origin};
use poem::http::Method;
use serde_json::json;

use super::{PASSWORD, PIN, by_password, journal, moment, service};
use crate::harness::stores::on_both;

/// Whether a text holds a secret. Six digits stand in the middle of a random id now and then, so they count as a word.
fn holds(text: &str, secret: &str) -> bool {
    if secret.len() > 6 {
        return text.contains(secret);
    }
    text.split(|character: char| !character.is_alphanumeric()).any(|word| word == secret)
}

on_both! {
    async fn no_secret_is_journaled_printed_or_answered(database: Database) {
        let app = service(&database, 0).await;
        let bootstrap = app.bootstrap().await;
        let (_, totp) = app.join(&bootstrap, "wang.li").await;
        let code = totp.code_at(moment(0).timestamp());
        let token = app.sign_in(&by_password(PASSWORD, Some(&code))).await.text_of("/token");
        let invitation = app.invite(&token, "cleaner").await;
        let accept = "/api/v1/invitations/accept";
        let device = app.post(accept, "", &json!({"invitation": invitation, "pin": PIN})).await.text_of("/device");
        let worker = app.sign_in(&json!({"device": device, "pin": PIN})).await.text_of("/token");

        // Requests that fail in every way that reads a secret.
        let login = "li.na";
        let failing = [
            app.sign_in(&by_password(PASSWORD, Some(&code))).await,
            app.sign_in(&json!({"login": PASSWORD, "password": PASSWORD})).await,
            app.sign_in(&json!({"login": login, "password": PASSWORD, "pin": PIN, "device": device})).await,
            app.sign_in(&json!({"login": login, "password": [PASSWORD], "code": {"a": code}})).await,
            app.sign_in(&json!({"login": login, "password": PASSWORD.repeat(9)})).await,
            app.sign_in(&json!({"device": worker, "pin": PIN})).await,
            app.post(accept, "", &json!({"invitation": bootstrap, "login": login, "password": PASSWORD})).await,
            app.post(accept, "", &json!({"invitation": device, "pin": PIN})).await,
            app.post(accept, "", &json!({"invitation": invitation, "pin": totp.reveal()})).await,
            app.post(accept, "", &json!({"invitation": invitation, "login": PASSWORD, "password": PASSWORD})).await,
            app.ask(Method::POST, accept, "", &format!("{{\"invitation\": \"{invitation}\", \"pin\": {PIN}")).await,
            app.ask(Method::GET, "/api/v1/me", &device, "").await,
            app.ask(Method::GET, "/api/v1/staff", &worker, "").await,
        ];
        let credentials = Credentials {
            kind: IdentityKind::Password,
            login: "wang.li".to_owned(),
            passphrase: Passphrase::typed(PASSWORD.to_owned()),
            code: Some(code.clone()),
        };
        let origin = Origin { address: "local".to_owned(), request_id: "test".to_owned() };
        let opened = gongce::usecase::sessions::open(&app.ctx, credentials.clone(), &origin).await;
        let by_device = Credentials { kind: IdentityKind::Pin, login: device.clone(), ..credentials.clone() };
        let joining = Joining::Pin(Passphrase::pin(PIN.to_owned()).unwrap());
        let read = Token::read(TokenKind::Session, &token).unwrap();
        let known = app.ctx.store.identity(IdentityKind::Password, "wang.li").await.unwrap();
        let hash = known.as_ref().map(|identity| identity.hash.clone()).unwrap();
        let again = app.invite(&token, "supervisor").await;
        let password = Passphrase::typed(PASSWORD.to_owned());
        let joined = invitations::accept(&app.ctx, &again, Joining::Password("zhang.wei".parse().unwrap(), password), "t").await;
        let second = joined.as_ref().unwrap().totp.as_ref().unwrap().1.reveal();
        let printed = format!("{credentials:?} {by_device:?} {joining:?} {read:?} {:?} {totp:?} {known:?} {opened:?} {joined:?}", read.hash());

        let mut written = vec![printed];
        for answer in failing {
            assert!((400..500).contains(&answer.status), "{}", answer.text);
            written.push(answer.text);
        }
        let rows = journal(&database).await;
        assert!(rows.len() > 10, "{rows:?}");
        written.extend(rows.iter().map(|row| row.join(" ")));
        let tokens = [bootstrap, token, invitation, device, worker, again];
        let bare = tokens.iter().map(|token| token[4..].to_owned());
        let hashed = read.hash().to_hex();
        let secrets = [PASSWORD.to_owned(), PIN.to_owned(), code, totp.reveal(), second, hash, hashed];
        let secrets: Vec<String> = secrets.into_iter().chain(bare).collect();
        for secret in &secrets {
            for text in &written {
                assert!(!holds(text, secret), "“{secret}” is in {text}");
            }
        }
        // The control: let somebody write each of them into the journal, and the search finds it there.
        for secret in secrets {
            let changes = gongce::domain::event::field_names(&[secret.as_str()]);
            let (kind, key, action) = (RecordKind::Session, "none".to_owned(), Action::Login);
            let slip = NewEntry { kind, key, version: 1, action, changes };
            let ctx = &app.ctx;
            let slipped = ctx.store.write(ctx.author("test"), move |tx| Box::pin(async move { tx.append(vec![slip]).await }));
            slipped.await.map_err(|error: StoreError| error).unwrap();
            let rows = journal(&database).await;
            assert!(holds(&rows.last().unwrap().join(" "), &secret), "the search is blind to “{secret}”");
        }
    }
}
