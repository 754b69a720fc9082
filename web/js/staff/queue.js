// The queue: records of the person, each kept on the device before anything is sent, and until the service has it.

import { allOf, answered, put, read, write } from './store.js';

/** @typedef {import('./types').Entry} Entry */
/** @typedef {import('./types').EntryState} EntryState */
/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').KeptPhoto} KeptPhoto */
/** @typedef {import('./types').Outcome} Outcome */

/** For how long what is on record is still shown, in milliseconds. */
const SHOWN = 3 * 86400000;

/** What is being sent, in this tab or another. @type {Set<string>} */
let inFlight = new Set();
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('gongce-staff') : null;
/** @type {Set<() => void>} */
const watchers = new Set();

tabs?.addEventListener('message', ({ data }) => {
  if (Array.isArray(data?.sending)) inFlight = new Set(data.sending);
  for (const watcher of watchers) watcher();
});

/**
 * Calls back whenever the queue changes, whichever tab changes it.
 * @param {() => void} watcher
 */
export function watch(watcher) {
  watchers.add(watcher);
}

/** Says in all tabs that something changed. */
export function changed() {
  tabs?.postMessage({ sending: [...inFlight] });
  for (const watcher of watchers) watcher();
}

/** @param {string[]} ids what is on its way now */
export function nowSending(ids) {
  inFlight = new Set(ids);
  changed();
}

/**
 * @param {Entry} entry
 * @returns {EntryState}
 */
export function stateOf({ id, outcome }) {
  if (outcome?.status === 'created' || outcome?.status === 'replayed') return outcome.cleaning?.flags.length ? 'flagged' : 'onRecord';
  if (outcome && !outcome.retry) return 'refused';
  return inFlight.has(id) ? 'sending' : 'waiting';
}

/** @param {Entry} entry whether the service has not settled it yet */
export function isWaiting({ outcome }) {
  return !outcome || (outcome.status !== 'created' && outcome.status !== 'replayed' && outcome.retry);
}

/**
 * The records of somebody, the newest first.
 * @param {string} person
 * @returns {Promise<Entry[]>}
 */
export async function entries(person) {
  /** @type {Entry[]} */
  const found = await allOf('records', person);
  return found.sort((one, other) => other.madeAt - one.madeAt);
}

/**
 * Puts a record into the queue and ends its draft, both or neither. Saved before, in another tab, it is there once.
 * @param {Entry} entry
 */
export async function add(entry) {
  await write(['records', 'drafts'], async (on) => {
    const before = await answered(on('records').getKey(entry.id));
    if (before === undefined) on('records').add(entry);
    on('drafts').delete(entry.id);
  });
  changed();
}

/**
 * What the service said of records.
 * @param {[id: string, outcome: Outcome][]} said
 */
export async function settle(said) {
  await write(['records'], async (on) => {
    for (const [id, outcome] of said) {
      /** @type {Entry | undefined} */
      const entry = await answered(on('records').get(id));
      if (entry) on('records').put({ ...entry, outcome, saidAt: Date.now() });
    }
  });
}

/**
 * Takes a record off the device with its photos: only what the service has, or what it refused and the person put away.
 * @param {string} id
 */
export async function putAway(id) {
  await write(['records', 'photos'], async (on) => {
    /** @type {Entry | undefined} */
    const entry = await answered(on('records').get(id));
    if (!entry || isWaiting(entry)) return;
    on('records').delete(id);
    for (const photo of entry.event.photos ?? []) on('photos').delete(photo);
  });
  changed();
}

/**
 * Forgets what has been on record for days and of which nothing is left to send.
 * @param {string} person
 */
export async function tidy(person) {
  /** @type {KeptPhoto[]} */
  const photos = await allOf('photos', person);
  const unsent = new Set(photos.filter(({ sent }) => !sent).map(({ record }) => record));
  const old = (await entries(person)).filter((entry) => {
    const state = stateOf(entry);
    return (state === 'onRecord' || state === 'flagged') && Date.now() - (entry.saidAt ?? entry.madeAt) > SHOWN && !unsent.has(entry.id);
  });
  for (const { id } of old) await putAway(id);
}

/**
 * What is being written, the newest first.
 * @param {string} person
 * @returns {Promise<Draft[]>}
 */
export async function drafts(person) {
  /** @type {Draft[]} */
  const found = await allOf('drafts', person);
  return found.sort((one, other) => other.openedAt - one.openedAt);
}

/**
 * @param {string} id
 * @returns {Promise<Draft | undefined>}
 */
export function draft(id) {
  return read('drafts', id);
}

/**
 * Keeps a draft as it is now, unless it has become a record meanwhile.
 * @param {Draft} kept
 */
export async function keepDraft(kept) {
  await write(['records', 'drafts'], async (on) => {
    if ((await answered(on('records').getKey(kept.id))) === undefined) on('drafts').put(kept);
  });
}

/**
 * Gives a draft up, with its photos.
 * @param {Draft} given
 */
export async function dropDraft(given) {
  await write(['drafts', 'photos'], async (on) => {
    on('drafts').delete(given.id);
    for (const photo of given.photos) on('photos').delete(photo);
  });
  changed();
}

/** @param {KeptPhoto} photo */
export async function keepPhoto(photo) {
  await put('photos', photo);
}
