//! Every row, read as the value that it stands for.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryResult, QuerySelect, Statement,
};

use super::{Found, unreadable};
use crate::domain::account::{IdentityKind, PersonName, Role};
use crate::domain::area::AreaCode;
use crate::domain::draft::Fields;
use crate::domain::event::{Action, Changes, RecordKind};
use crate::domain::key::KeyId;
use crate::domain::operator::OperatorRole;
use crate::domain::period::Days;
use crate::domain::photo::{PhotoId, PhotoState};
use crate::domain::secret::fingerprint_of;
use crate::domain::subscription::DeliveryState;
use crate::domain::wechat::{CheckState, Realm};
use crate::store::entity::{
    answer, area, area_alias, area_outline, barrier, cleaning, cleaning_day, cleaning_month, cleaning_photo,
    cleaning_verification, custodian, delivery, deployed, deployment, exception, excuse, grade, identity, import_file,
    import_review, imported, invitation, journal, login_counter, media_check, message_consent, notice, operator,
    outage, person, phone, photo, photo_file, photo_use, plan, plan_template, plate, ring_key, role_grant, roster,
    roster_day, roster_toilet, roster_turn, session, settlement, slot_outcome, source, station, subscription,
    substitute, suggestion, tenure, toilet, unsettled, wechat_push, wechat_return, wechat_token,
};
use crate::store::{
    StoreError, areas, assignments, barriers, cleanings, deployments, exceptions, excuses, grants, import_reviews,
    months, operators, outbox, outlines, people, photos, plans, plates, rosters, rows, sessions, slots, subscriptions,
    substitutes, suggestions,
};

/// Rows read at a time.
const PAGE: usize = 2_000;

/// What a row's reading ends with.
type Read = Result<(), StoreError>;

pub(super) async fn every_row(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    register(tx, &mut found).await?;
    persons(tx, &mut found).await?;
    scan::<journal::Model>(tx, Table::numbered("journal", "number"), &mut found, entry).await?;
    Ok(found)
}

async fn register(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let codes: HashMap<i32, String> = codes(tx).await?;
    let memo = rows::Memo::default();
    scan::<source::Model>(tx, Table::numbered("source", "id"), found, |_| Ok(())).await?;
    scan::<operator::Model>(tx, Table::numbered("operator", "id"), found, |row| operators::read(row).map(drop)).await?;
    scan::<area::Model>(tx, Table::numbered("area", "id"), found, |row| {
        let read = areas::read_area(row, &codes, Vec::new());
        read.map(drop).map_err(|violation| StoreError::corrupt("area", row.id, violation))
    })
    .await?;
    scan::<area_alias::Model>(tx, Table::numbered("area_alias", "id"), found, |row| {
        let read = areas::read_alias(row);
        read.map(drop).map_err(|violation| StoreError::corrupt("area_alias", row.id, violation))
    })
    .await?;
    let outline = |row: &area_outline::Model| outlines::boundary(row).map(drop);
    scan::<area_outline::Model>(tx, Table::numbered("area_outline", "area_id"), found, outline).await?;
    scan::<barrier::Model>(tx, Table::numbered("barrier", "id"), found, |row| barriers::read(row).map(drop)).await?;
    scan::<toilet::Model>(tx, Table::numbered("toilet", "id"), found, |row| {
        rows::attested(row)?;
        rows::draft(row, Some(&memo)).map(drop)
    })
    .await?;
    scan::<tenure::Model>(tx, Table::numbered("tenure", "id"), found, tenure).await?;
    scan::<outage::Model>(tx, Table::numbered("outage", "id"), found, |row| rows::outage(row).map(drop)).await?;
    scan::<grade::Model>(tx, Table::numbered("grade", "id"), found, |row| rows::grade(row).map(drop)).await?;
    let plates = Table::named("plate", "toilet_id || '/' || kind");
    scan::<plate::Model>(tx, plates, found, |row| plates::read(row).map(drop)).await?;
    scan::<deployment::Model>(tx, Table::numbered("deployment", "id"), found, |row| {
        deployments::read(row, Vec::new()).map(drop)
    })
    .await?;
    let key = "deployment_id || '/' || toilet_id";
    scan::<deployed::Model>(tx, Table::named("deployed", key), found, |_| Ok(())).await?;
    scan::<station::Model>(tx, Table::numbered("station", "id"), found, |row| deployments::station(row).map(drop))
        .await?;
    of_photos(tx, found).await?;
    let suggestion = |row: &suggestion::Model| suggestions::read(row, None).map(drop);
    scan::<suggestion::Model>(tx, Table::numbered("suggestion", "id"), found, suggestion).await?;
    let review = |row: &import_review::Model| import_reviews::read(row).map(drop);
    scan::<import_review::Model>(tx, Table::numbered("import_review", "id"), found, review).await?;
    of_files(tx, found).await?;
    scan::<plan_template::Model>(tx, Table::numbered("plan_template", "id"), found, |row| {
        plans::read_template(row).map(drop)
    })
    .await?;
    scan::<plan::Model>(tx, Table::numbered("plan", "id"), found, |row| plans::read(row).map(drop)).await?;
    let custodian = |row: &custodian::Model| assignments::read(row).map(drop);
    scan::<custodian::Model>(tx, Table::numbered("custodian", "id"), found, custodian).await?;
    let substitute = |row: &substitute::Model| substitutes::read(row).map(drop);
    scan::<substitute::Model>(tx, Table::numbered("substitute", "id"), found, substitute).await?;
    of_rosters(tx, found).await?;
    let exception = |row: &exception::Model| exceptions::read(row, &codes).map(drop);
    scan::<exception::Model>(tx, Table::numbered("exception", "id"), found, exception).await?;
    of_slots(tx, found).await?;
    of_cleanings(tx, found).await?;
    for id in sources(tx).await? {
        scan::<imported::Model>(tx, Table::named("imported", "key").of_source(id), found, |row| {
            let read = serde_json::from_str::<Fields>(&row.fields);
            read.map(drop).map_err(|error| StoreError::corrupt("imported", &row.key, error))
        })
        .await?;
    }
    Ok(())
}

async fn of_rosters(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let roster = |row: &roster::Model| rosters::read(row, BTreeSet::new()).map(drop);
    scan::<roster::Model>(tx, Table::numbered("roster", "id"), found, roster).await?;
    let key = "roster_id || '/' || toilet_id";
    scan::<roster_toilet::Model>(tx, Table::named("roster_toilet", key), found, |_| Ok(())).await?;
    let turn = |row: &roster_turn::Model| rosters::read_turn(row).map(drop);
    scan::<roster_turn::Model>(tx, Table::numbered("roster_turn", "id"), found, turn).await?;
    let day = |row: &roster_day::Model| rosters::read_day(row).map(drop);
    scan::<roster_day::Model>(tx, Table::numbered("roster_day", "id"), found, day).await
}

async fn of_slots(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    scan::<excuse::Model>(tx, Table::numbered("excuse", "id"), found, |row| excuses::read(row).map(drop)).await?;
    let outcome = |row: &slot_outcome::Model| slots::read(row).map(drop);
    scan::<slot_outcome::Model>(tx, Table::named("slot_outcome", "slot_key"), found, outcome).await?;
    scan::<settlement::Model>(tx, Table::numbered("settlement", "toilet_id"), found, |_| Ok(())).await?;
    scan::<cleaning_day::Model>(tx, Table::numbered("cleaning_day", "id"), found, |_| Ok(())).await?;
    let month = |row: &cleaning_month::Model| months::read(row).map(drop);
    scan::<cleaning_month::Model>(tx, Table::numbered("cleaning_month", "id"), found, month).await?;
    scan::<unsettled::Model>(tx, Table::named("unsettled", "cleaning_id"), found, |row| {
        cleanings::cleaning_id(&row.cleaning_id).map(drop)
    })
    .await
}

/// Uploaded files, a few at a time, each held to the fingerprint that was told of it.
async fn of_files(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let told = import_review::Entity::find().select_only();
    let told = told.columns([import_review::Column::Id, import_review::Column::Fingerprint]);
    let told: HashMap<i32, String> = told.into_tuple().all(tx).await?.into_iter().collect();
    scan::<import_file::Model>(tx, Table::numbered("import_file", "review_id").large(), found, |row| {
        let is_whole = told.get(&row.review_id) == Some(&fingerprint_of(&row.content));
        let wrong = || StoreError::corrupt("import_file", row.review_id, "it is not the file that was uploaded");
        is_whole.then_some(()).ok_or_else(wrong)
    })
    .await
}

async fn of_cleanings(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    scan::<cleaning::Model>(tx, Table::named("cleaning", "id"), found, |row| cleanings::read(row).map(drop)).await?;
    let key = "photo_id || '/' || cleaning_id";
    scan::<cleaning_photo::Model>(tx, Table::named("cleaning_photo", key), found, |row| {
        let read = row.photo_id.parse::<PhotoId>();
        read.map(drop).map_err(|violation| StoreError::corrupt("cleaning_photo", &row.photo_id, violation))
    })
    .await?;
    let verified = |row: &cleaning_verification::Model| cleanings::read_verified(row).map(drop);
    scan::<cleaning_verification::Model>(tx, Table::named("cleaning_verification", "cleaning_id"), found, verified)
        .await
}

async fn of_photos(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let file = |row: &photo_file::Model| photos::read_file(row).map(drop);
    scan::<photo_file::Model>(tx, Table::named("photo_file", "content"), found, file).await?;
    scan::<photo::Model>(tx, Table::named("photo", "id"), found, |row| {
        let corrupt = |violation| StoreError::corrupt("photo", &row.id, violation);
        row.id.parse::<PhotoId>().map_err(corrupt)?;
        row.state.parse::<PhotoState>().map_err(corrupt)?;
        people::person_id(&row.person_id)?;
        photos::digest("photo", &row.id, &row.sent).map(drop)
    })
    .await?;
    let key = "kind || '/' || record || '/' || photo_id";
    scan::<photo_use::Model>(tx, Table::named("photo_use", key), found, |row| photos::read_use(row).map(drop)).await
}

async fn persons(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    scan::<person::Model>(tx, Table::named("person", "id"), found, |row| {
        people::person_id(&row.id)?;
        let name = PersonName::new(&row.name);
        name.map(drop).map_err(|violation| StoreError::corrupt("person", &row.id, violation))
    })
    .await?;
    scan::<identity::Model>(tx, Table::numbered("identity", "id"), found, identity).await?;
    scan::<role_grant::Model>(tx, Table::numbered("role_grant", "id"), found, |row| {
        people::person_id(&row.person_id)?;
        grants::read(row.id, &row.role, None, row.operator_id).map(drop)
    })
    .await?;
    scan::<session::Model>(tx, Table::named("session", "id"), found, |row| {
        people::person_id(&row.person_id)?;
        sessions::read(row).map(drop)
    })
    .await?;
    scan::<ring_key::Model>(tx, Table::named("ring_key", "id"), found, |row| {
        row.id.parse::<KeyId>().map(drop).map_err(|violation| StoreError::corrupt("ring_key", &row.id, violation))
    })
    .await?;
    scan::<invitation::Model>(tx, Table::numbered("invitation", "id"), found, invitation).await?;
    // Its key is the person's together with the request's.
    scan::<answer::Model>(tx, Table::named("answer", "person || '/' || key"), found, |_| Ok(())).await?;
    scan::<login_counter::Model>(tx, Table::named("login_counter", "subject"), found, |_| Ok(())).await?;
    outbox(tx, found).await?;
    of_wechat(tx, found).await
}

async fn outbox(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let paths: HashMap<i32, Vec<AreaCode>> = HashMap::new();
    scan::<subscription::Model>(tx, Table::named("subscription", "id"), found, |row| {
        // Where its area lies is the matter of the areas.
        let row = subscription::Model { area_id: None, ..row.clone() };
        subscriptions::read(&row, &paths).map(drop)
    })
    .await?;
    scan::<delivery::Model>(tx, Table::named("delivery", "id"), found, |row| {
        let read = row.state.parse::<DeliveryState>();
        read.map(drop).map_err(|violation| StoreError::corrupt("delivery", &row.id, violation))
    })
    .await?;
    scan::<notice::Model>(tx, Table::numbered("notice", "id"), found, |row| outbox::read(row).map(drop)).await
}

async fn of_wechat(tx: &DatabaseTransaction, found: &mut Vec<Found>) -> Result<(), StoreError> {
    let consent = Table::named("message_consent", "person_id || '/' || template_id");
    scan::<message_consent::Model>(tx, consent, found, |row| people::person_id(&row.person_id).map(drop)).await?;
    scan::<phone::Model>(tx, Table::named("phone", "person_id"), found, |row| {
        people::person_id(&row.person_id).map(drop)
    })
    .await?;
    scan::<media_check::Model>(tx, Table::named("media_check", "trace_id"), found, |row| {
        let read = row.state.parse::<CheckState>();
        read.map(drop).map_err(|violation| StoreError::corrupt("media_check", &row.trace_id, violation))
    })
    .await?;
    scan::<wechat_push::Model>(tx, Table::named("wechat_push", "signature"), found, |_| Ok(())).await?;
    scan::<wechat_return::Model>(tx, Table::named("wechat_return", "state"), found, |_| Ok(())).await?;
    scan::<wechat_token::Model>(tx, Table::named("wechat_token", "app_id"), found, |_| Ok(())).await
}

fn tenure(row: &tenure::Model) -> Read {
    let corrupt = |violation| StoreError::corrupt("tenure", row.id, violation);
    row.role.parse::<OperatorRole>().map_err(corrupt)?;
    Days::new(row.valid_from, row.valid_to).map(drop).map_err(corrupt)
}

/// Whether a second factor can be opened is a matter of the keys, which are not here; see the check of that name.
fn identity(row: &identity::Model) -> Read {
    people::person_id(&row.person_id)?;
    let corrupt = |violation| StoreError::corrupt("identity", row.id, violation);
    row.kind.parse::<IdentityKind>().map_err(corrupt)?;
    row.realm.as_deref().map(str::parse::<Realm>).transpose().map(drop).map_err(corrupt)
}

fn invitation(row: &invitation::Model) -> Read {
    let corrupt = |violation| StoreError::corrupt("invitation", row.id, violation);
    PersonName::new(&row.name).map_err(corrupt)?;
    row.person_id.as_deref().map(people::person_id).transpose()?;
    row.role.as_deref().map(str::parse::<Role>).transpose().map(drop).map_err(corrupt)
}

fn entry(row: &journal::Model) -> Read {
    let corrupt = |violation| StoreError::corrupt("journal", row.number, violation);
    row.kind.parse::<RecordKind>().map_err(corrupt)?;
    row.action.parse::<Action>().map_err(corrupt)?;
    let changes = serde_json::from_str::<Changes>(&row.changes);
    changes.map(drop).map_err(|error| StoreError::corrupt("journal", row.number, error))
}

async fn sources(tx: &DatabaseTransaction) -> Result<Vec<i32>, StoreError> {
    let sql = "SELECT DISTINCT source_id FROM imported ORDER BY source_id";
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "source_id")).collect::<Result<_, DbErr>>()?)
}

async fn codes(tx: &DatabaseTransaction) -> Result<HashMap<i32, String>, StoreError> {
    let sql = "SELECT id, code FROM area";
    let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
    // What cannot be read is told by the scan.
    let read = |row: &QueryResult| Some((row.try_get("", "id").ok()?, row.try_get("", "code").ok()?));
    Ok(rows.iter().filter_map(read).collect())
}

/// A table with the key by which it is gone through.
#[derive(Clone, Copy)]
struct Table {
    name: &'static str,
    key: &'static str,
    is_number: bool,
    /// Only the rows of this source.
    source: Option<i32>,
    /// Rows read at a time.
    page: usize,
}

impl Table {
    const fn numbered(name: &'static str, key: &'static str) -> Self {
        Self { name, key, is_number: true, source: None, page: PAGE }
    }

    const fn named(name: &'static str, key: &'static str) -> Self {
        Self { name, key, is_number: false, source: None, page: PAGE }
    }

    const fn of_source(self, id: i32) -> Self {
        Self { source: Some(id), ..self }
    }

    /// One whose rows are megabytes.
    const fn large(self) -> Self {
        Self { page: 2, ..self }
    }

    /// A page of whole rows, each with its key as `row_key`, after one of them.
    fn page(self, tx: &DatabaseTransaction, after: Option<sea_orm::Value>) -> Statement {
        let Self { name, key, is_number, source, page } = self;
        let told = if is_number { format!("CAST({key} AS BIGINT)") } else { key.to_owned() };
        let mut wanted = vec!["1 = 1".to_owned()];
        wanted.extend(after.is_some().then(|| format!("{key} > $1")));
        wanted.extend(source.map(|id| format!("source_id = {id}")));
        let wanted = wanted.join(" AND ");
        let sql = format!("SELECT *, {told} AS row_key FROM {name} WHERE {wanted} ORDER BY {key} LIMIT {page}");
        Statement::from_sql_and_values(tx.get_database_backend(), sql, after)
    }
}

/// Reads every row of a table; those that cannot be read are told one by one.
async fn scan<M: FromQueryResult>(
    tx: &DatabaseTransaction,
    table: Table,
    found: &mut Vec<Found>,
    read: impl Fn(&M) -> Read,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let rows = tx.query_all_raw(table.page(tx, after.take())).await?;
        for row in &rows {
            let (key, next) = key(row, table)?;
            after = Some(next);
            match M::from_query_result(row, "") {
                Ok(model) => found.extend(read(&model).err().map(|error| unreadable(table.name, &key, &error))),
                Err(error) => found.push(Found::of_row(table.name, key, error.to_string())),
            }
        }
        if rows.len() < table.page {
            return Ok(());
        }
    }
}

/// The key of a row, for people and for going on after it.
fn key(row: &QueryResult, table: Table) -> Result<(String, sea_orm::Value), StoreError> {
    if table.is_number {
        let key: i64 = row.try_get("", "row_key")?;
        return Ok((key.to_string(), key.into()));
    }
    let key: String = row.try_get("", "row_key")?;
    Ok((key.clone(), key.into()))
}
