//! What follows from other rows, worked out anew and compared.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use super::{Found, texts};
use crate::store::StoreError;
use crate::store::months::packed;
use crate::store::slots::counted;

/// Every toilet stands at the revision of its last entry in the journal. One statement in either dialect.
const REVISIONS: &str = "\
SELECT CAST(t.id AS TEXT) AS key, CAST(t.revision AS TEXT) AS revision, CAST(j.version AS TEXT) AS version \
FROM toilet t LEFT JOIN (SELECT key, MAX(version) AS version FROM journal WHERE kind = 'toilet' GROUP BY key) j \
ON j.key = CAST(t.id AS TEXT) WHERE j.version IS NULL OR j.version <> t.revision ORDER BY t.id";

pub(super) async fn revisions(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let told = texts(tx, REVISIONS, ["key", "revision", "version"]).await?;
    let wrong = told.into_iter().map(|[key, revision, version]| {
        let journal = if version.is_empty() { "knows nothing of it".to_owned() } else { format!("says {version}") };
        Found::of_row("toilet", key, format!("it stands at revision {revision}, the journal {journal}"))
    });
    Ok(wrong.collect())
}

/// The path of every area is that of its parent with its own code at the end.
const AREA_PATHS: &str = "\
SELECT a.code AS key, a.path, COALESCE(p.path, '/') || a.code || '/' AS expected FROM area a \
LEFT JOIN area p ON p.id = a.parent_id WHERE a.path <> COALESCE(p.path, '/') || a.code || '/' ORDER BY a.code";

pub(super) async fn area_paths(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let told = texts(tx, AREA_PATHS, ["key", "path", "expected"]).await?;
    let wrong = told
        .into_iter()
        .map(|[key, path, expected]| Found::of_row("area", key, format!("its path is {path}, not {expected}")));
    Ok(wrong.collect())
}

/// The triggers that keep the journal append-only are there, and are on.
pub(super) async fn guard(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let (sql, wanted) = match tx.get_database_backend() {
        DbBackend::Postgres => (
            "SELECT tgname::text AS name FROM pg_trigger WHERE tgrelid = 'journal'::regclass AND tgenabled <> 'D'",
            &["tr_journal_append_only"][..],
        ),
        _ => (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'",
            &["tr_journal_no_update", "tr_journal_no_delete"][..],
        ),
    };
    let there: BTreeSet<String> = texts(tx, sql, ["name"]).await?.into_iter().map(|[name]| name).collect();
    let missing = wanted.iter().filter(|name| !there.contains(**name));
    let tell = |name: &&str| Found::of_all(format!("{name}, which keeps the journal from being changed, is not there"));
    Ok(missing.map(tell).collect())
}

/// Whoever was made an admin left one behind: the last admin stays.
const ADMIN: &str = "\
SELECT 'x' AS told FROM journal WHERE kind = 'grant' AND action = 'create' AND changes LIKE '%\"admin\"%' \
AND NOT EXISTS (SELECT 1 FROM role_grant WHERE role = 'admin') LIMIT 1";

pub(super) async fn admin(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let told = texts(tx, ADMIN, ["told"]).await?;
    Ok(told.into_iter().map(|_| Found::of_all("there was an admin once, and there is none now")).collect())
}

/// Every use of a photo is by a record that is there, and every photo that is in no use is known to be.
const PHOTOS: &str = "\
SELECT 'photo_use' AS tab, u.photo_id AS key, 'the toilet of ' || u.record || ' that shows it is not there' AS told \
FROM photo_use u LEFT JOIN toilet t ON t.id = {toilet} WHERE u.kind = 'toilet' AND t.id IS NULL \
UNION ALL SELECT 'photo', p.id, CASE WHEN p.unused_since IS NULL THEN 'no record shows it, and nobody knows since when' \
ELSE 'a record shows it, and it counts as unused' END FROM photo p WHERE (p.unused_since IS NULL) <> \
EXISTS (SELECT 1 FROM photo_use u WHERE u.photo_id = p.id) ORDER BY 1, 2";

pub(super) async fn photos(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    // The record of a grade or a cleaning begins with its toilet, as `17/grades/3`.
    let toilet = match tx.get_database_backend() {
        DbBackend::Postgres => "CAST(split_part(u.record, '/', 1) AS INTEGER)",
        _ => "CAST(u.record AS INTEGER)",
    };
    let told = texts(tx, &PHOTOS.replace("{toilet}", toilet), ["tab", "key", "told"]).await?;
    Ok(told.into_iter().map(|[table, key, told]| Found::of_row(&table, key, told)).collect())
}

/// What is counted: what was over when the toilet was settled last.
const OVER: &str =
    "EXISTS (SELECT 1 FROM settlement s WHERE s.toilet_id = slot_outcome.toilet_id AND closes_at < s.settled_at)";

/// The counts of days are those of the outcomes.
pub(super) async fn cleaning_days(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let kept = "SELECT toilet_id, due_on, operator_id, person_id, on_time, late, missed, excused, cancelled, verified, \
                synced_late, proxy FROM cleaning_day";
    let told = differing(tx, kept, &counted(OVER), "due_on").await?;
    let wrong = told.into_iter().map(|[toilet, day]| {
        Found::of_row("cleaning_day", toilet, format!("the counts of {day} are not those of its slots"))
    });
    Ok(wrong.collect())
}

/// The months are those of the days.
pub(super) async fn cleaning_months(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let kept = "SELECT toilet_id, month, operator_id, person_id, days FROM cleaning_month";
    let told = differing(tx, kept, &packed("1 = 1"), "month").await?;
    let wrong = told.into_iter().map(|[toilet, month]| {
        Found::of_row("cleaning_month", toilet, format!("the counts of {month} are not those of its days"))
    });
    Ok(wrong.collect())
}

/// The toilets and times of rows that one side has and the other has not, both ways.
async fn differing(
    tx: &DatabaseTransaction,
    kept: &str,
    anew: &str,
    time: &str,
) -> Result<Vec<[String; 2]>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT CAST(toilet_id AS TEXT) AS key, CAST({time} AS TEXT) AS time FROM \
         (SELECT * FROM ({kept} EXCEPT {anew}) one UNION ALL SELECT * FROM ({anew} EXCEPT {kept}) two) both_ways \
         ORDER BY 1, 2"
    );
    texts(tx, &sql, ["key", "time"]).await
}

/// A cleaning shows those of the photos it names that have arrived from whoever recorded it, and no others.
const CLEANING_PHOTOS: &str = "\
SELECT n.cleaning_id AS key, 'it names the photo ' || n.photo_id || ', which is there, and does not show it' AS told \
FROM cleaning_photo n JOIN cleaning c ON c.id = n.cleaning_id \
JOIN photo p ON p.id = n.photo_id AND p.person_id = c.recorded_by WHERE NOT EXISTS (SELECT 1 FROM photo_use u \
WHERE u.photo_id = n.photo_id AND u.record = CAST(c.toilet_id AS TEXT) || '/cleanings/' || c.id) \
UNION ALL SELECT u.record, 'it shows the photo ' || u.photo_id || ', which it does not name' FROM photo_use u \
WHERE u.record LIKE '%/cleanings/%' AND NOT EXISTS (SELECT 1 FROM cleaning_photo n JOIN cleaning c \
ON c.id = n.cleaning_id WHERE n.photo_id = u.photo_id \
AND u.record = CAST(c.toilet_id AS TEXT) || '/cleanings/' || c.id) ORDER BY 1, 2";

pub(super) async fn cleaning_photos(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let told = texts(tx, CLEANING_PHOTOS, ["key", "told"]).await?;
    Ok(told.into_iter().map(|[key, told]| Found::of_row("cleaning", key, told)).collect())
}

/// Where sealed values are: table, key of the row, the value, and which rows hold one.
const SEALED: [(&str, &str, &str, &str); 6] = [
    ("identity", "CAST(id AS TEXT)", "totp", "totp IS NOT NULL"),
    ("identity", "CAST(id AS TEXT)", "hash", "kind = 'wechat'"),
    ("phone", "person_id", "sealed", "1 = 1"),
    ("wechat_token", "app_id", "sealed", "sealed IS NOT NULL"),
    ("subscription", "id", "target", "target IS NOT NULL"),
    ("subscription", "id", "secret", "secret IS NOT NULL"),
];

/// Every sealed value was sealed with a key that the database was written with.
pub(super) async fn keys(tx: &DatabaseTransaction) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for (table, key, value, holds) in SEALED {
        let sql = format!(
            "SELECT {key} AS key, SUBSTR({value}, 1, 1) AS name FROM {table} \
             WHERE {holds} AND SUBSTR({value}, 1, 1) NOT IN (SELECT id FROM ring_key) ORDER BY 1"
        );
        let told = texts(tx, &sql, ["key", "name"]).await?;
        found.extend(told.into_iter().map(|[key, name]| {
            let told = format!("it was sealed with the key {name}, of which the database knows nothing");
            Found::of_row(table, key, told)
        }));
    }
    Ok(found)
}
