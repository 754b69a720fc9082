//! Persons, how they show who they are, what they were granted, their sessions and invitations, failed logins, and the
//! keys that their secrets were sealed with.

use sea_orm_migration::prelude::*;

use crate::column::{counted_key, index, one_of, optional, references, required, unique};

const ROLES: [&str; 6] = ["cleaner", "repairer", "inspector", "supervisor", "admin", "auditor"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [person(), identity(), role_grant(), session(), invitation(), login_counter(), ring_key()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("ix_identity_person", "identity", "person_id")).await?;
        manager.create_index(index("ix_role_grant_person", "role_grant", "person_id")).await?;
        manager.create_index(index("ix_session_person", "session", "person_id")).await?;
        manager.create_index(index("ix_invitation_person", "invitation", "person_id")).await?;
        manager.create_index(index("ix_invitation_invited_by", "invitation", "invited_by")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["ring_key", "login_counter", "invitation", "session", "role_grant", "identity", "person"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// The id is the pseudonym under which everything else knows the person.
fn person() -> TableCreateStatement {
    Table::create()
        .table("person")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("name", |c| c.string_len(64)))
        .col(required("created_at", |c| c.timestamp_with_time_zone()))
        .take()
}

/// `login` is the name typed with a password, the hash of the device token that a PIN is bound to, or the keyed index of
/// an openid, which `hash` then holds sealed. `totp` is sealed.
fn identity() -> TableCreateStatement {
    Table::create()
        .table("identity")
        .col(counted_key())
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("kind", |c| c.string_len(16)))
        .col(required("login", |c| c.string_len(64)))
        .col(required("hash", |c| c.string_len(255)))
        .col(optional("totp", |c| c.string_len(128)))
        .col(required("totp_step", |c| c.big_integer()))
        .index(&mut unique("uq_identity_login", &["kind", "login"]))
        .foreign_key(&mut references("fk_identity_person", "identity", "person_id", "person"))
        .check(one_of("ck_identity_kind", "kind", &["password", "pin", "wechat"]))
        .take()
}

/// Not called `grant`, which SQL keeps for itself. No area means the whole register.
fn role_grant() -> TableCreateStatement {
    Table::create()
        .table("role_grant")
        .col(counted_key())
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("role", |c| c.string_len(16)))
        .col(optional("area_id", |c| c.integer()))
        .col(optional("operator_id", |c| c.integer()))
        .col(required("granted_at", |c| c.timestamp_with_time_zone()))
        .foreign_key(&mut references("fk_role_grant_person", "role_grant", "person_id", "person"))
        .foreign_key(&mut references("fk_role_grant_area", "role_grant", "area_id", "area"))
        .foreign_key(&mut references("fk_role_grant_operator", "role_grant", "operator_id", "operator"))
        .check(one_of("ck_role_grant_role", "role", &ROLES))
        .take()
}

/// `stepped_up_at` is when whoever holds it last proved who they are.
fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(required("id", |c| c.string_len(36)).primary_key())
        .col(required("token_hash", |c| c.string_len(64)))
        .col(required("person_id", |c| c.string_len(36)))
        .col(required("opened_at", |c| c.timestamp_with_time_zone()))
        .col(required("last_seen", |c| c.timestamp_with_time_zone()))
        .col(required("idle_seconds", |c| c.big_integer()))
        .col(required("idle_until", |c| c.timestamp_with_time_zone()))
        .col(required("ends_at", |c| c.timestamp_with_time_zone()))
        .col(optional("stepped_up_at", |c| c.timestamp_with_time_zone()))
        .index(&mut unique("uq_session_token", &["token_hash"]))
        .foreign_key(&mut references("fk_session_person", "session", "person_id", "person"))
        .take()
}

/// An accepted invitation is gone: the journal remembers it. With `person_id` it is for somebody who is there already.
/// Without `invited_by` it was made on the host; who that names may be gone since, so that no key refers to them.
fn invitation() -> TableCreateStatement {
    Table::create()
        .table("invitation")
        .col(counted_key())
        .col(required("token_hash", |c| c.string_len(64)))
        .col(required("name", |c| c.string_len(64)))
        .col(optional("person_id", |c| c.string_len(36)))
        .col(optional("role", |c| c.string_len(16)))
        .col(optional("area_id", |c| c.integer()))
        .col(optional("operator_id", |c| c.integer()))
        .col(optional("invited_by", |c| c.string_len(36)))
        .col(required("bootstrap", |c| c.boolean()))
        .col(required("expires_at", |c| c.timestamp_with_time_zone()))
        .index(&mut unique("uq_invitation_token", &["token_hash"]))
        .foreign_key(&mut references("fk_invitation_person", "invitation", "person_id", "person"))
        .foreign_key(&mut references("fk_invitation_area", "invitation", "area_id", "area"))
        .foreign_key(&mut references("fk_invitation_operator", "invitation", "operator_id", "operator"))
        .check(one_of("ck_invitation_role", "role", &ROLES))
        .take()
}

/// One row counts the failures of one account or address within its window, for all processes alike.
fn login_counter() -> TableCreateStatement {
    Table::create()
        .table("login_counter")
        .col(required("subject", |c| c.string_len(64)).primary_key())
        .col(required("since", |c| c.timestamp_with_time_zone()))
        .col(required("failures", |c| c.integer()))
        .take()
}

/// By what each key that this database was ever written with is known again; the keys themselves are files elsewhere.
fn ring_key() -> TableCreateStatement {
    Table::create()
        .table("ring_key")
        .col(required("id", |c| c.string_len(1)).primary_key())
        .col(required("fingerprint", |c| c.string_len(64)))
        .take()
}
