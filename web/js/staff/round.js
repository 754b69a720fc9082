// The round: what is due from the person now and in the next hours, as the service orders it; kept for times without signal.

import { Failure, get } from '../api.js';
import { locate } from '../geo.js';
import { settings } from '../settings.js';
import { alone, caller } from './person.js';
import { put, read } from './store.js';

/** @typedef {import('./types').Round} Round */
/** @typedef {import('./types').KeptRound} KeptRound */
/** @typedef {import('./types').RoundStop} RoundStop */
/** @typedef {import('./types').RoundSlot} RoundSlot */
/** @typedef {import('./types').Entry} Entry */
/** @typedef {'done' | 'overdue' | 'now' | 'later'} SlotState */

/**
 * The round that was kept last.
 * @param {string} person
 * @returns {Promise<KeptRound | undefined>}
 */
export function keptRound(person) {
  return read('kept', `round ${person}`);
}

/**
 * A fresh one, from where the device is if its owner lets the page know that already.
 * @param {string} person
 * @param {boolean} [ask] whether to ask the owner
 * @returns {Promise<KeptRound>}
 */
export async function freshRound(person, ask = false) {
  const here = ask || (await mayLocate()) ? await locate().catch(() => null) : null;
  const from = here ? { latitude: here.latitude, longitude: here.longitude } : {};
  const round = await alone(async () => {
    // Somebody else may have signed in since: theirs is not this person's round.
    if ((await caller())?.id !== person) throw new Failure(401, null, 0);
    return /** @type {Promise<Round>} */ (get('/me/round', { ...from, crs: settings.crs }, AbortSignal.timeout(30000)));
  });
  const kept = { key: `round ${person}`, round, at: Date.now() };
  await put('kept', kept).catch(() => undefined);
  return kept;
}

/** Whether the device would tell where it is without asking its owner. */
export async function mayLocate() {
  const permission = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
  return permission?.state === 'granted';
}

/**
 * How a slot stands now, by the clock of the device and what was logged here since.
 * @param {RoundStop} stop
 * @param {RoundSlot} slot
 * @param {Entry[]} records
 * @param {number} now
 * @returns {SlotState | null} null for one whose time is over
 */
export function slotState(stop, slot, records, now) {
  const [opens, due, closes] = [slot.opens, slot.due, slot.closes].map((instant) => Date.parse(instant));
  const isDone = records.some(({ event, madeAt, outcome }) => event.toilet === stop.toilet && event.tasks.includes(slot.task)
    && madeAt >= (opens ?? 0) && madeAt <= (closes ?? 0) && (!outcome || outcome.status === 'created' || outcome.status === 'replayed' || outcome.retry));
  if (isDone) return 'done';
  if (now > (closes ?? 0)) return null;
  if (now > (due ?? 0)) return 'overdue';
  return now >= (opens ?? 0) ? 'now' : 'later';
}

/**
 * The slots of a stop that are still to be told of.
 * @param {RoundStop} stop
 * @param {Entry[]} records
 * @param {number} now
 * @returns {{slot: RoundSlot, state: SlotState}[]}
 */
export function standing(stop, records, now) {
  return stop.slots.flatMap((slot) => {
    const state = slotState(stop, slot, records, now);
    return state ? [{ slot, state }] : [];
  });
}
