//! The outbox: what is to be told is written in the transaction in which it happens, so that a message goes for what was
//! committed and for nothing else; then it is put together, claimed, and sent from outside of any transaction.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use super::entity::{delivery, notice, subscription};
use super::subscriptions::{listed, topics, whole};
use super::{Store, StoreError, Tx};
use crate::domain::Violation;
use crate::domain::area::AreaCode;
use crate::domain::event::NewEntry;
use crate::domain::events::{self, Place, Topic};
use crate::domain::id::ToiletId;
use crate::domain::subscription::{Delivery, DeliveryState, Notice};

/// Notices in one message at most.
const TOGETHER: u64 = 500;

/// Between two messages of a subscription lies at least this: robots take twenty a minute.
const REST: TimeDelta = TimeDelta::seconds(5);

/// Rows of one statement: eleven columns each.
const ROWS: usize = 500;

impl Tx {
    /// Writes down what people are to be told of these entries. [`Tx::append`] alone calls it, so that no writer can
    /// forget to; whoever appends an entry about a toilet has written the toilet before.
    pub(super) async fn notify<'a>(&self, entries: impl Iterator<Item = &'a NewEntry>) -> Result<(), StoreError> {
        let about = |entry: &NewEntry| events::topics(entry.kind, entry.action, &entry.changes);
        let mut told: Vec<_> =
            entries.map(|entry| (entry, about(entry))).filter(|(_, topics)| !topics.is_empty()).collect();
        if told.is_empty() || self.is_nobody_listening() {
            return Ok(());
        }
        let active = subscription::Entity::find().filter(subscription::Column::PausedAt.is_null());
        let subscriptions = whole(&self.connection, &active.all(&self.connection).await?).await?;
        let is_wanted = |topics: &[Topic]| subscriptions.iter().any(|one| one.wants_any(topics));
        told.retain(|(_, topics)| is_wanted(topics));
        if told.is_empty() {
            return Ok(());
        }
        let places = self.places(told.iter().map(|(entry, _)| *entry)).await?;
        let mut rows = Vec::new();
        for (entry, topics) in &told {
            let toilet = events::toilet(entry.kind, &entry.key, &entry.changes);
            let place = self.place(entry, toilet, &places).await?;
            for subscription in subscriptions.iter().filter(|subscription| subscription.wants(topics, &place)) {
                let wanted: Vec<_> =
                    topics.iter().filter(|topic| subscription.topics.contains(topic)).copied().collect();
                rows.push(notice::ActiveModel {
                    id: NotSet,
                    subscription_id: Set(subscription.id.to_string()),
                    delivery_id: Set(None),
                    topics: Set(listed(&wanted)),
                    kind: Set(entry.kind.as_str().to_owned()),
                    key: Set(entry.key.clone()),
                    action: Set(entry.action.as_str().to_owned()),
                    at: Set(self.author.at),
                    toilet_id: Set(toilet.map(|id| id.0)),
                    area: Set(place.path.last().map(ToString::to_string)),
                    due_at: Set(subscription.rhythm.due(self.author.at)),
                });
            }
        }
        for rows in rows.chunks(ROWS) {
            notice::Entity::insert_many(rows.to_vec()).exec_without_returning(&self.connection).await?;
        }
        Ok(())
    }

    /// Where the toilets of entries lie now.
    async fn places(&self, entries: impl Iterator<Item = &NewEntry>) -> Result<HashMap<ToiletId, Place>, StoreError> {
        let mut ids: Vec<_> =
            entries.filter_map(|entry| events::toilet(entry.kind, &entry.key, &entry.changes)).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut places = HashMap::new();
        for ids in ids.chunks(ROWS) {
            for toilet in self.toilets(ids).await? {
                let operator = toilet.operator(self.author.at).map(|body| body.id);
                places.insert(toilet.id, Place { path: toilet.path().to_vec(), left: Vec::new(), operator });
            }
        }
        Ok(places)
    }

    async fn place(
        &self,
        entry: &NewEntry,
        toilet: Option<ToiletId>,
        places: &HashMap<ToiletId, Place>,
    ) -> Result<Place, StoreError> {
        let Some(toilet) = toilet else { return Ok(Place { path: self.path(&entry.key).await?, ..Place::default() }) };
        let left = match entry.changes.get("area").and_then(|[from, _]| from.as_str()) {
            Some(code) => self.path(code).await?,
            None => Vec::new(),
        };
        Ok(Place { left, ..places.get(&toilet).cloned().unwrap_or_default() })
    }

    async fn path(&self, code: &str) -> Result<Vec<AreaCode>, StoreError> {
        let Ok(code) = code.parse() else { return Ok(Vec::new()) };
        Ok(self.areas_of(&code).await?.pop().map(|(_, area)| area.path).unwrap_or_default())
    }

    /// Puts together the next message of a subscription, under that id, of what may be told by now; answers whether there
    /// was anything, and no message under way.
    ///
    /// # Errors
    /// What the database says.
    pub async fn gather(&self, subscription: Uuid, id: Uuid) -> Result<bool, StoreError> {
        let (now, own) = (self.author.at, subscription.to_string());
        // Processes take turns; on SQLite all writers do anyway.
        if self.connection.get_database_backend() == DbBackend::Postgres {
            let turn = "SELECT id FROM subscription WHERE id = $1 FOR UPDATE";
            let turn = Statement::from_sql_and_values(DbBackend::Postgres, turn, [own.clone().into()]);
            self.connection.execute_raw(turn).await?;
        }
        let under_way = delivery::Entity::find()
            .filter(delivery::Column::SubscriptionId.eq(own.as_str()))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting.as_str()));
        if under_way.one(&self.connection).await?.is_some() {
            return Ok(false);
        }
        let ripe = notice::Entity::find()
            .filter(notice::Column::SubscriptionId.eq(own.as_str()))
            .filter(notice::Column::DeliveryId.is_null())
            .filter(notice::Column::DueAt.lte(now))
            .order_by_asc(notice::Column::Id)
            .limit(TOGETHER)
            .select_only()
            .column(notice::Column::Id)
            .into_tuple::<i64>();
        let ripe = ripe.all(&self.connection).await?;
        if ripe.is_empty() {
            return Ok(false);
        }
        let row = delivery::ActiveModel {
            id: Set(id.to_string()),
            subscription_id: Set(own),
            state: Set(DeliveryState::Waiting.as_str().to_owned()),
            attempts: Set(0),
            next_at: Set(now),
            claimed_until: Set(None),
            made_at: Set(now),
            ended_at: Set(None),
        };
        delivery::Entity::insert(row).exec_without_returning(&self.connection).await?;
        let gathered = notice::Entity::update_many()
            .col_expr(notice::Column::DeliveryId, Expr::value(id.to_string()))
            .filter(notice::Column::Id.is_in(ripe));
        gathered.exec(&self.connection).await?;
        Ok(true)
    }

    /// Claims a message for so long, in one statement: whoever gets it alone sends it. Its attempts are counted with that,
    /// so that one which ends a process is not sent for ever.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_delivery(&self, id: Uuid, until: DateTime<Utc>) -> Result<bool, StoreError> {
        let now = self.author.at;
        let free = delivery::Column::ClaimedUntil.is_null().or(delivery::Column::ClaimedUntil.lte(now));
        let claimed = delivery::Entity::update_many()
            .col_expr(delivery::Column::ClaimedUntil, Expr::value(until))
            .col_expr(delivery::Column::Attempts, Expr::col(delivery::Column::Attempts).add(1))
            .filter(delivery::Column::Id.eq(id.to_string()))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting.as_str()))
            .filter(delivery::Column::NextAt.lte(now))
            .filter(free);
        Ok(claimed.exec(&self.connection).await?.rows_affected == 1)
    }

    /// Writes what became of a message: that it ended, or when it is tried again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle_delivery(&self, id: Uuid, state: DeliveryState, next: DateTime<Utc>) -> Result<(), StoreError> {
        let ended = (state != DeliveryState::Waiting).then_some(self.author.at);
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(state.as_str()))
            .col_expr(delivery::Column::NextAt, Expr::value(next))
            .col_expr(delivery::Column::EndedAt, Expr::value(ended))
            .col_expr(delivery::Column::ClaimedUntil, Expr::value(None::<DateTime<Utc>>))
            .filter(delivery::Column::Id.eq(id.to_string()))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Gives up all messages of a subscription that are not sent yet, and forgets what was still to be told.
    ///
    /// # Errors
    /// What the database says.
    pub async fn give_up_deliveries(&self, subscription: Uuid) -> Result<(), StoreError> {
        let own = subscription.to_string();
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::GivenUp.as_str()))
            .col_expr(delivery::Column::EndedAt, Expr::value(self.author.at))
            .filter(delivery::Column::SubscriptionId.eq(own.as_str()))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting.as_str()))
            .exec(&self.connection)
            .await?;
        let untold = notice::Entity::delete_many().filter(notice::Column::SubscriptionId.eq(own));
        untold.filter(notice::Column::DeliveryId.is_null()).exec(&self.connection).await?;
        Ok(())
    }

    /// Forgets messages that ended before, with what they told.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        delivery::Entity::delete_many().filter(delivery::Column::EndedAt.lt(before)).exec(&self.connection).await?;
        Ok(())
    }
}

/// The subscriptions of which something may be told by now, and that have no message under way and rested since the last.
const RIPE: &str = "\
SELECT DISTINCT n.subscription_id AS id FROM notice n JOIN subscription s ON s.id = n.subscription_id \
WHERE n.delivery_id IS NULL AND n.due_at <= $1 AND s.paused_at IS NULL AND NOT EXISTS (SELECT 1 FROM delivery d \
WHERE d.subscription_id = n.subscription_id AND (d.state = 'waiting' OR d.ended_at > $2)) LIMIT 100";

impl Store {
    /// The subscriptions whose next message can be put together.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn ripe_subscriptions(&self, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
        let ripe = Statement::from_sql_and_values(self.backend(), RIPE, [now.into(), (now - REST).into()]);
        let rows = self.reader.query_all_raw(ripe).await?;
        rows.iter().map(|row| uuid("subscription", &row.try_get::<String>("", "id")?)).collect()
    }

    /// The messages that may be sent by now and that nobody has claimed, the oldest first.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn due_deliveries(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<Uuid>, StoreError> {
        let free =
            Condition::any().add(delivery::Column::ClaimedUntil.is_null()).add(delivery::Column::ClaimedUntil.lte(now));
        let rows = delivery::Entity::find()
            .filter(delivery::Column::State.eq(DeliveryState::Waiting.as_str()))
            .filter(delivery::Column::NextAt.lte(now))
            .filter(free)
            .order_by_asc(delivery::Column::NextAt)
            .limit(limit)
            .all(&self.reader)
            .await?;
        rows.iter().map(|row| uuid("delivery", &row.id)).collect()
    }

    /// A message with what it tells.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn delivery(&self, id: Uuid) -> Result<Option<Delivery>, StoreError> {
        let Some(row) = delivery::Entity::find_by_id(id.to_string()).one(&self.reader).await? else { return Ok(None) };
        let notices = notice::Entity::find()
            .filter(notice::Column::DeliveryId.eq(id.to_string()))
            .order_by_asc(notice::Column::Id)
            .all(&self.reader)
            .await?;
        Ok(Some(Delivery {
            id,
            subscription: uuid("subscription", &row.subscription_id)?,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            made_at: row.made_at,
            notices: notices.iter().map(read).collect::<Result<_, _>>()?,
        }))
    }

    /// How many messages stand how.
    ///
    /// # Errors
    /// What the database says, or a corrupt row.
    pub async fn deliveries(&self, state: DeliveryState) -> Result<u64, StoreError> {
        use sea_orm::PaginatorTrait;
        let all = delivery::Entity::find().filter(delivery::Column::State.eq(state.as_str()));
        Ok(all.count(&self.reader).await?)
    }
}

/// What is told, from its row.
pub(super) fn read(row: &notice::Model) -> Result<Notice, StoreError> {
    let corrupt = |violation: Violation| StoreError::corrupt("notice", row.id, violation);
    Ok(Notice {
        topics: topics(&row.topics).map_err(corrupt)?,
        kind: row.kind.parse().map_err(corrupt)?,
        key: row.key.clone(),
        action: row.action.parse().map_err(corrupt)?,
        at: row.at,
        toilet: row.toilet_id.map(ToiletId),
        area: row.area.as_deref().map(str::parse).transpose().map_err(corrupt)?,
    })
}

fn uuid(table: &'static str, text: &str) -> Result<Uuid, StoreError> {
    text.parse().map_err(|error: uuid::Error| StoreError::corrupt(table, text, error))
}
