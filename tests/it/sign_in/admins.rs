//! There is one first admin, and always a last one.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use gongce::domain::account::{PersonId, PersonName, Role};
use gongce::domain::secret::{Token, TokenKind};
use gongce::store::{NewGrant, NewInvitation};
use gongce::usecase::{Caller, Ctx, Failure, grants, invitations, staff};
use poem::http::Method;
use serde_json::json;

use super::{PASSWORD, moment, service};
use crate::harness::stores::on_both;

/// Who holds which grant as an admin.
async fn admins(ctx: &Ctx) -> Vec<(PersonId, gongce::domain::id::GrantId)> {
    let (staff, _) = staff::list(ctx, Caller::Host, None, 100).await.unwrap();
    let grants = staff.into_iter().flat_map(|member| member.grants.into_iter().map(move |grant| (member.id, grant)));
    grants.filter(|(_, grant)| grant.role == Role::Admin).map(|(person, grant)| (person, grant.id)).collect()
}

on_both! {
    async fn an_earlier_way_to_be_the_first_admin_is_void_once_there_is_one(database: Database) {
        let app = service(&database, 0).await;
        // Past `bootstrap`, which voids the one before: as if both had been made in the same moment.
        let tokens = [1_u8, 2].map(|number| Token::new([number; 32]));
        for token in &tokens {
            let new = NewInvitation {
                token: token.hash(),
                name: PersonName::new("somebody").unwrap(),
                person: None,
                role: Some(Role::Admin),
                area: None,
                operator: None,
                invited_by: None,
                bootstrap: true,
                expires_at: moment(0) + TimeDelta::hours(1),
            };
            let made = app.ctx.store.write(app.ctx.author("test"), move |tx| {
                Box::pin(async move { Ok::<_, Failure>(tx.create_invitation(&new).await.map(drop)?) })
            });
            made.await.unwrap();
        }
        for (token, login, status) in [(&tokens[0], "wang.li", 201), (&tokens[1], "li.na", 404)] {
            let body = json!({"invitation": token.reveal(TokenKind::Invitation), "login": login, "password": PASSWORD});
            let answer = app.post("/api/v1/invitations/accept", "", &body).await;
            assert_eq!(answer.status, status, "{}", answer.text);
        }
        assert_eq!(admins(&app.ctx).await.len(), 1);
        let second = invitations::bootstrap(&app.ctx, PersonName::new("late").unwrap()).await;
        assert!(matches!(second, Err(Failure::Conflict(_))), "{second:?}");
    }
}

on_both! {
    async fn the_last_admin_stays(database: Database) {
        let app = service(&database, 0).await;
        let (token, _) = app.first_admin().await;
        let (first, first_grant) = admins(&app.ctx).await[0];
        let own = format!("/api/v1/staff/{first}/grants/{}", first_grant.0);
        assert_eq!(app.ask(Method::DELETE, &own, &token, "").await.status, 403, "nobody cuts off their own branch");
        let invitation = app.invite(&token, "admin").await;
        app.join(&invitation, "li.na").await;

        // Both at once: whoever comes second finds only one left.
        let ctx = [Arc::clone(&app.ctx), service(&database, 0).await.ctx];
        let all = admins(&app.ctx).await;
        assert_eq!(all.len(), 2);
        let revoking: Vec<_> = all.into_iter().zip(ctx).map(|((person, grant), ctx)| {
            tokio::spawn(async move { grants::revoke(&ctx, Caller::Host, person, grant).await })
        }).collect();
        let mut kept = 0;
        for one in revoking {
            if let Err(failure) = one.await.unwrap() {
                assert!(matches!(failure, Failure::Conflict(_)), "{failure:?}");
                kept += 1;
            }
        }
        assert_eq!((kept, admins(&app.ctx).await.len()), (1, 1));
    }
}

on_both! {
    async fn whoever_asks_for_an_admin_waits_for_those_who_asked_before(database: Database) {
        let processes = [service(&database, 0).await, service(&database, 0).await];
        let tries: Vec<_> = processes.into_iter().map(|process| tokio::spawn(async move {
            let ctx = process.ctx;
            let person = PersonId(ctx.clock.new_id());
            let made = ctx.store.write(ctx.author("test"), move |tx| Box::pin(async move {
                let is_first = !tx.has_admin().await?;
                // Long enough for the other to ask meanwhile, if it could.
                tokio::time::sleep(Duration::from_millis(300)).await;
                if is_first {
                    tx.create_person(person, &PersonName::new("somebody").unwrap()).await?;
                    tx.create_grant(&NewGrant { person, role: Role::Admin, area: None, operator: None }).await?;
                }
                Ok::<_, Failure>(is_first)
            }));
            made.await.unwrap()
        })).collect();
        let mut first = 0;
        for one in tries {
            first += u32::from(one.await.unwrap());
        }
        assert_eq!(first, 1);
    }
}

on_both! {
    async fn of_two_ids_in_a_path_the_wrong_one_is_named(database: Database) {
        let app = service(&database, 0).await;
        let (token, _) = app.first_admin().await;
        let (person, grant) = admins(&app.ctx).await[0];
        for (path, field, message) in [
            (format!("/api/v1/staff/2/grants/{}", grant.0), "id", "must be a UUID"),
            (format!("/api/v1/staff/{person}/grants/x"), "grant", "must be a whole number"),
        ] {
            let refused = app.ask(Method::DELETE, &path, &token, "").await;
            assert_eq!((refused.status, refused.text_of("/code")), (400, "badParameter".to_owned()));
            let told = (refused.text_of("/errors/0/field"), refused.text_of("/errors/0/message"));
            assert_eq!(told, (field.to_owned(), message.to_owned()));
        }
    }
}
