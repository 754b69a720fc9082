//! Plates: what hangs at a toilet, putting another in its place, and what a scanned one is.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::Value;

use super::permission::{require, scope};
use super::{Ctx, Failure};
use crate::domain::Toilet;
use crate::domain::account::Actor;
use crate::domain::event::{Action, Changes, NewEntry, RecordKind};
use crate::domain::id::ToiletId;
use crate::domain::key::KeyId;
use crate::domain::plate::{Plate, PlateKind, Serial};
use crate::domain::policy::{self, Subject};
use crate::domain::public_url::PublicUrl;
use crate::domain::text::Name;
use crate::export::plate_drawing;
use crate::finder::Entry;
use crate::store::{Author, Current, Tx};

/// A plate as those see it who hang it up.
#[derive(Debug, Clone)]
pub struct Hanging {
    /// What it says.
    pub plate: Plate,
    /// The address that its code leads to. It is as good as the plate itself.
    pub url: String,
    /// Since when it is the one that counts; the first is as old as its toilet.
    pub issued_at: Option<DateTime<Utc>>,
}

/// The plates of a toilet that count now: one of each kind.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::NotFound`] as the caller's scope says; [`Failure::NotConfigured`] while nobody
/// said where the public reaches the service.
pub async fn list(ctx: &Ctx, actor: &Actor, toilet: ToiletId) -> Result<Vec<Hanging>, Failure> {
    allowed(ctx, actor, toilet).await?;
    let mut plates = Vec::new();
    for kind in PlateKind::ALL {
        plates.push(hanging(ctx, toilet, *kind, ctx.store.plate(toilet, *kind).await?)?);
    }
    Ok(plates)
}

/// The drawing of a plate that counts now, to be printed at its true size: SVG, outlines alone.
///
/// # Errors
/// As [`list`].
pub async fn drawing(ctx: &Ctx, actor: &Actor, toilet: ToiletId, kind: PlateKind) -> Result<String, Failure> {
    let code = allowed(ctx, actor, toilet).await?.fact.code;
    let hanging = hanging(ctx, toilet, kind, ctx.store.plate(toilet, kind).await?)?;
    plate_drawing(&hanging.plate, &hanging.url, code.as_ref().map(Name::as_str))
        .map_err(|error| Failure::Internal(Box::new(error)))
}

/// Puts another plate in the place of the one with that serial, which no longer counts from then on. Whoever repeats
/// the request puts no third one there.
///
/// # Errors
/// As [`list`]; [`Failure::Conflict`] where another serial counts now, or after the last one.
pub async fn replace(
    ctx: &Ctx,
    actor: &Actor,
    toilet: ToiletId,
    kind: PlateKind,
    replaces: Serial,
    request_id: &str,
) -> Result<Hanging, Failure> {
    allowed(ctx, actor, toilet).await?;
    let key = ctx.keys.ids().next().ok_or(Failure::NotConfigured { setting: "keys_dir" })?;
    // Asked first: a plate that cannot be printed must not put another out of use.
    let _there = public_url(ctx)?;
    let author = Author { actor: actor.signing(request_id), at: ctx.clock.now().trunc_subsecs(0) };
    let written = ctx.store.write(author, move |tx| Box::pin(replace_in(tx, toilet, kind, replaces, key)));
    hanging(ctx, toilet, kind, written.await?)
}

async fn replace_in(
    tx: &Tx,
    toilet: ToiletId,
    kind: PlateKind,
    replaces: Serial,
    key: KeyId,
) -> Result<Current, Failure> {
    let current = tx.plate(toilet, kind).await?.ok_or(Failure::NotFound)?;
    if current.serial != replaces {
        let message = format!("the plate in use has the serial {}", current.serial.get());
        return Err(Failure::Conflict(message));
    }
    let message = "this toilet has had as many plates of the kind as there can be";
    let serial = replaces.next().ok_or_else(|| Failure::Conflict(message.to_owned()))?;
    let issued_at = tx.put_plate(toilet, kind, serial, key).await?;
    let changes = Changes::from([("serial".to_owned(), [replaces, serial].map(|serial| Value::from(serial.get())))]);
    let (key_of, version) = (format!("{toilet}/{kind}"), serial.get().into());
    let entry = NewEntry { kind: RecordKind::Plate, key: key_of, version, action: Action::Update, changes };
    tx.append(vec![entry]).await?;
    Ok(Current { serial, oldest_key: key, issued_at: Some(issued_at) })
}

/// What a scanned token is: a plate that counts now. It shows that somebody saw the plate, not that they are there now.
///
/// # Errors
/// [`Failure::NotFound`], the same for all that is wrong with it.
pub async fn verify(ctx: &Ctx, token: &str) -> Result<(Plate, Arc<Entry>), Failure> {
    let (plate, key) = Plate::verify(&ctx.keys, token).map_err(|_| Failure::NotFound)?;
    let current = ctx.store.plate(plate.toilet, plate.kind).await?;
    if plate.serial != current.serial || key < current.oldest_key {
        return Err(Failure::NotFound);
    }
    let entry = ctx.finder.snapshot().get(plate.toilet).cloned().ok_or(Failure::NotFound)?;
    Ok((plate, entry))
}

/// The toilet, if the caller may have its plates.
async fn allowed(ctx: &Ctx, actor: &Actor, id: ToiletId) -> Result<Toilet, Failure> {
    let action = policy::Action::IssuePlate;
    scope(actor, action)?;
    let toilet = ctx.store.toilets(&[id]).await?.pop().ok_or(Failure::NotFound)?;
    let operator = toilet.operator(ctx.clock.now()).map(|body| body.id);
    require(actor, action, Subject { path: toilet.path(), operator, person: None })?;
    Ok(toilet)
}

fn public_url(ctx: &Ctx) -> Result<&PublicUrl, Failure> {
    ctx.public_url.as_ref().ok_or(Failure::NotConfigured { setting: "public_url" })
}

fn hanging(ctx: &Ctx, toilet: ToiletId, kind: PlateKind, current: Current) -> Result<Hanging, Failure> {
    let public_url = public_url(ctx)?;
    let plate = Plate { kind, toilet, serial: current.serial };
    let token = plate.token(&ctx.keys).ok_or(Failure::NotFound)?;
    Ok(Hanging { plate, url: format!("{public_url}/p/{token}"), issued_at: current.issued_at })
}
