//! What a phone says of a cleaning, and of its clocks.

use std::collections::BTreeSet;

use poem_openapi::Object;
use uuid::Uuid;

use super::changes::Reading as Fields;
use super::cleaning_view::Items;
use super::instant::Instant;
use super::loose::Loose;
use super::words::Word;
use crate::domain::account::PersonId;
use crate::domain::cleaning::{
    Answered, Checked, CleaningId, Correction, CorrectionKind, Event, Fix, MOST_PHOTOS, Reading, Sending, Supply,
};
use crate::domain::id::ToiletId;
use crate::domain::photo::PhotoId;
use crate::domain::secret::fingerprint;
use crate::domain::task::Task;
use crate::domain::text::{Line, Name, Remark};
use crate::domain::{Violation, Violations};
use crate::geo::Crs;
use crate::usecase::Failure;
use crate::usecase::cleanings::Item;

/// What is fixed when something happens, and sent the same however often.
#[derive(Debug, Object)]
#[oai(rename = "CleaningEvent", rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventInput {
    /// The id of the toilet.
    toilet: i32,
    /// For a supervisor who records it for somebody without a phone: who cleaned, by their pseudonym. Else it is the
    /// caller.
    performed_by: Option<Uuid>,
    /// What was done; left out by a record that voids another.
    #[oai(validator(max_items = 4))]
    tasks: Option<Vec<Word<Task>>>,
    /// When it began, by the device's clock.
    started_at: Option<Instant>,
    /// When it was done, by the device's clock, right or wrong; of a correction, when that was made.
    finished_at: Instant,
    /// What the device's other clock showed at that moment.
    clock: Option<ReadingInput>,
    /// What was looked at.
    checklist: Option<ChecklistInput>,
    /// What is to be said besides: 1 to 1,000 characters.
    remarks: Option<String>,
    /// What was used up.
    #[oai(validator(max_items = 20))]
    supplies: Option<Vec<SupplyInput>>,
    /// The ids of photos, which may be sent before or after.
    #[oai(validator(max_items = 9))]
    photos: Option<Vec<Uuid>>,
    /// What was read from the plate for the staff: its token, or the address that ends in it.
    #[oai(validator(max_length = 512))]
    plate: Option<String>,
    /// Where the phone says that it is. Nobody is shown it but the caller.
    position: Option<FixInput>,
    /// The id of a record that this one says anew: what was done at that visit. When, where and by whom stays.
    amends: Option<Uuid>,
    /// The id of a record that is not to count.
    voids: Option<Uuid>,
    /// Why that is corrected: 1 to 1,000 characters.
    reason: Option<String>,
}

/// What a clock of the device shows that counts on whatever anybody sets, and begins anew with each start.
#[derive(Debug, Object)]
#[oai(rename = "ClockReading", rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadingInput {
    /// Names this start of the device, or of the app: made up by the client.
    #[oai(validator(min_length = 1, max_length = 64))]
    boot_id: String,
    /// Milliseconds since some moment of that start.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    monotonic_ms: i64,
}

/// The clocks of the device when it sends, which are others each time: no part of the record.
#[derive(Debug, Object)]
#[oai(rename = "SendingClocks", rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SendingInput {
    /// What the device's clock shows.
    at: Option<Instant>,
    /// What its other clock shows.
    clock: Option<ReadingInput>,
}

/// What was looked at.
#[derive(Debug, Object)]
#[oai(rename = "CleaningChecklist", rename_all = "camelCase", deny_unknown_fields)]
struct ChecklistInput {
    /// The version of the toilet's plan whose points were gone through.
    version: i32,
    /// The points.
    #[oai(validator(max_items = 160))]
    points: Vec<PointInput>,
}

/// One point that was looked at.
#[derive(Debug, Object)]
#[oai(rename = "CheckedPoint", rename_all = "camelCase", deny_unknown_fields)]
struct PointInput {
    /// The task whose list it is on.
    task: Word<Task>,
    /// Its code there.
    #[oai(validator(min_length = 1, max_length = 32))]
    code: String,
    /// Whether it was as it should be.
    ok: bool,
    /// What was not: 1 to 255 characters.
    note: Option<String>,
}

/// Something that was used up.
#[derive(Debug, Object)]
#[oai(rename = "UsedSupply", rename_all = "camelCase", deny_unknown_fields)]
struct SupplyInput {
    /// What: 1 to 128 characters.
    name: String,
    /// How much, above 0.
    quantity: f64,
    /// Of what: rolls, litres.
    unit: Option<String>,
}

/// Where a phone says that it is.
#[derive(Object)]
#[oai(rename = "CleaningFix", rename_all = "camelCase", deny_unknown_fields)]
struct FixInput {
    /// Degrees north, in the datum of `crs`.
    latitude: f64,
    /// Degrees east, in the datum of `crs`.
    longitude: f64,
    /// The datum.
    crs: Word<Crs>,
    /// The radius in metres within which it is, as the phone says.
    accuracy: Option<f64>,
}

/// Where somebody was is for no log.
impl std::fmt::Debug for FixInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FixInput(…)")
    }
}

/// A record to be logged.
#[derive(Debug, Object)]
#[oai(rename = "NewCleaning", deny_unknown_fields)]
pub(super) struct CleaningInput {
    /// What was fixed when it happened.
    event: EventInput,
    /// The clocks of the device now.
    sending: Option<SendingInput>,
}

/// A record in a batch.
#[derive(Debug, Object)]
#[oai(rename = "CleaningItem", deny_unknown_fields)]
pub(super) struct ItemInput {
    /// Its id, made by the client once and for all: a UUID of version 7.
    id: Uuid,
    /// What was fixed when it happened.
    event: EventInput,
}

/// Records that one device sends together.
#[derive(Debug, Object)]
#[oai(rename = "CleaningBatch", deny_unknown_fields)]
pub(super) struct BatchInput {
    /// The clocks of the device now.
    sending: Option<SendingInput>,
    /// The records, in any order.
    #[oai(validator(min_items = 1, max_items = 200))]
    items: Vec<Loose<ItemInput>>,
}

impl CleaningInput {
    /// The record with that id, and the clocks.
    pub(super) fn read(self, id: Uuid) -> Result<(Item, Sending), Violations> {
        Ok((item(id, self.event)?, read_sending(self.sending)))
    }
}

impl BatchInput {
    /// The records that can be read, what each item is, and the clocks.
    pub(super) fn read(self) -> (Vec<Item>, Items, Sending) {
        let (mut read, mut items) = (Vec::new(), Items::new());
        for loose in self.items {
            match loose.read.and_then(|input| item(input.id, input.event)) {
                Ok(item) => {
                    read.push(item);
                    items.push((loose.id, None));
                }
                Err(wrong) => items.push((loose.id, Some(wrong))),
            }
        }
        (read, items, read_sending(self.sending))
    }
}

fn read_sending(sending: Option<SendingInput>) -> Sending {
    sending.map_or_else(Sending::default, |sending| Sending {
        at: sending.at.map(|at| at.0),
        clock: sending.clock.map(ReadingInput::read),
    })
}

fn item(id: Uuid, event: EventInput) -> Result<Item, Violations> {
    let id = CleaningId::try_from(id)?;
    let (event, token) = event.read(id)?;
    Ok(Item { id, event, token })
}

impl EventInput {
    /// The event, and the token that was scanned.
    fn read(self, id: CleaningId) -> Result<(Event, Option<String>), Violations> {
        let mut fields = Fields::default();
        // A scan may give the whole address.
        let token = self.plate.map(|plate| plate.rsplit('/').next().unwrap_or_default().to_owned());
        let reason = fields.field("reason", self.reason, |text| Remark::new(&text));
        let event = Event {
            toilet: ToiletId(self.toilet),
            performed_by: self.performed_by.map(PersonId),
            tasks: self.tasks.unwrap_or_default().into_iter().map(|task| task.0).collect(),
            started_at: self.started_at.map(|at| at.0),
            finished_at: self.finished_at.0,
            clock: self.clock.map(ReadingInput::read),
            checklist: self.checklist.and_then(|list| list.read(&mut fields)),
            remarks: fields.field("remarks", self.remarks, |text| Remark::new(&text)),
            supplies: fields.field("supplies", self.supplies, read_supplies).unwrap_or_default(),
            photos: fields.field("photos", self.photos, read_photos).unwrap_or_default(),
            plate: token.as_deref().map(fingerprint),
            position: self.position.map(|fix| Fix {
                latitude: fix.latitude,
                longitude: fix.longitude,
                crs: fix.crs.0,
                accuracy: fix.accuracy,
            }),
            correction: correction(&mut fields, id, self.amends, self.voids, reason),
        };
        match fields.done(event) {
            Ok(event) => Ok((event.sound()?, token)),
            Err(Failure::Invalid(wrong)) => Err(wrong),
            Err(_) => Err(Violation::new("", "unreadable", "cannot be read").into()),
        }
    }
}

/// What the record puts right, if it does.
fn correction(
    fields: &mut Fields,
    id: CleaningId,
    amends: Option<Uuid>,
    voids: Option<Uuid>,
    reason: Option<Remark>,
) -> Option<Correction> {
    let target = |of: Uuid| {
        let of = CleaningId::try_from(of)?;
        let itself = || Violation::new("", "itself", "must be another record");
        Some(of).filter(|of| *of != id).ok_or_else(itself)
    };
    let given = (amends.is_some(), voids.is_some());
    let amends = fields.field("amends", amends, target).map(|of| (CorrectionKind::Amends, of));
    let voids = fields.field("voids", voids, target).map(|of| (CorrectionKind::Voids, of));
    let wrong = |field: &str, code, message| Some((field.to_owned(), Violation::new("", code, message)));
    let fault = match (given, &reason) {
        ((true, true), _) => wrong("voids", "notHere", "a record amends another or voids one, not both"),
        ((false, false), Some(_)) => wrong("reason", "notHere", "is for a record that amends or voids another"),
        ((true, false) | (false, true), None) => wrong("reason", "required", "must say why"),
        _ => None,
    };
    if let Some((field, violation)) = fault {
        fields.field(&field, Some(()), |()| Err::<(), _>(violation));
    }
    let (kind, of) = amends.or(voids)?;
    Some(Correction { kind, of, reason: reason? })
}

impl ReadingInput {
    fn read(self) -> Reading {
        Reading { boot_id: self.boot_id, monotonic_ms: self.monotonic_ms }
    }
}

impl ChecklistInput {
    fn read(self, fields: &mut Fields) -> Option<Answered> {
        let version = self.version;
        let points = self.points.into_iter().map(|point| {
            let note = point.note.map(|note| Line::new(&note)).transpose()?;
            Ok(Checked { task: point.task.0, code: point.code, ok: point.ok, note })
        });
        let points = fields.field("checklist.points", Some(points), Iterator::collect::<Result<Vec<_>, Violation>>)?;
        Some(Answered { version, points })
    }
}

fn read_supplies(supplies: Vec<SupplyInput>) -> Result<Vec<Supply>, Violation> {
    let read = |supply: SupplyInput| {
        let unit = supply.unit.map(|unit| Name::new(&unit)).transpose()?;
        Ok(Supply { name: Name::new(&supply.name)?, quantity: supply.quantity, unit })
    };
    supplies.into_iter().map(read).collect()
}

fn read_photos(photos: Vec<Uuid>) -> Result<BTreeSet<PhotoId>, Violation> {
    if photos.len() > MOST_PHOTOS {
        return Err(Violation::new("", "tooMany", format!("names {MOST_PHOTOS} photos at most")));
    }
    photos.into_iter().map(PhotoId::try_from).collect()
}
