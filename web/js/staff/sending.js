// Sending what waits, when there is signal. Nothing leaves the queue here: what the service said is written to it.
//
// Only one tab sends at a time, and only under the login of the person whose queue it is: asked right before, while no tab
// signs in or out. Each record also names its person, so that under anybody else's login the service would refuse it.

import { Failure, ask, sentence } from '../api.js';
import { t } from '../i18n.js';
import { reading } from './clocks.js';
import { alone, caller } from './person.js';
import { sendPhotos } from './photos.js';
import { changed, entries, isWaiting, nowSending, settle } from './queue.js';

/** @typedef {import('./types').Entry} Entry */
/** @typedef {import('./types').Outcome} Outcome */

/** @typedef {'idle' | 'sending' | 'offline' | 'signedOut' | 'otherPerson' | 'failed'} Condition */

/** Records in a request: few, so that weak signal carries them. */
const PIECE = 40;
/** How long a request may take, in milliseconds. */
const PATIENCE = 60000;
/** Seconds until the next try: longer each time. */
const PAUSES = [5, 15, 60, 180, 300];

const sending = {
  condition: /** @type {Condition} */ ('idle'),
  why: '',
  tries: 0,
  timer: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined),
  going: /** @type {Promise<void> | null} */ (null),
  /** Asked for again while it went on: something may have come since. */
  again: false,
  /** Whether the service was spoken to in this go. */
  spoke: false,
};
/** @type {Set<() => void>} */
const listeners = new Set();

/** How the sending goes, and why not, in words. */
export function condition() {
  return { condition: sending.condition, why: sending.why };
}

/**
 * Says how it stands with the session, as the page found it.
 * @param {'idle' | 'signedOut'} found
 */
export function note(found) {
  become(found);
}

/** @param {() => void} listener called when it has sent something */
export function whenSent(listener) {
  listeners.add(listener);
}

/**
 * Sends what waits of somebody. Called meanwhile, it looks once more when it is through.
 * @param {string} person
 * @returns {Promise<void>}
 */
export function send(person) {
  clearTimeout(sending.timer);
  sending.timer = undefined;
  if (sending.going) sending.again = true;
  sending.going ??= run(person).finally(() => {
    sending.going = null;
    if (sending.again) send(person);
  });
  return sending.going;
}

/** @param {string} person */
async function run(person) {
  sending.again = false;
  sending.spoke = false;
  try {
    const isTried = (await sendRecords(person)) && (await sendPhotos(person, (work) => asThem(person, work)));
    if (isTried && (sending.spoke || sending.condition === 'offline' || sending.condition === 'failed')) become('idle');
    if (sending.spoke) for (const listener of listeners) listener();
  } catch (error) {
    failed(person, error);
  }
}

/**
 * @param {string} person
 * @returns {Promise<boolean>} whether all of it was tried
 */
async function sendRecords(person) {
  let most = PIECE;
  /** What the service wants again later is not sent twice in one go. @type {Set<string>} */
  const seen = new Set();
  const piece = async () => {
    const waiting = (await entries(person)).filter((entry) => isWaiting(entry) && !seen.has(entry.id));
    const next = waiting.reverse().slice(0, most);
    if (next.length > 0) await sendPiece(next);
    next.forEach(({ id }) => seen.add(id));
    return next.length;
  };
  for (;;) {
    if (!(await entries(person)).some((entry) => isWaiting(entry) && !seen.has(entry.id))) return true;
    try {
      if ((await asThem(person, piece)) === null) return false;
    } catch (error) {
      if (!(error instanceof Failure && error.status === 413 && most > 1)) throw error;
      most = Math.ceil(most / 4);
    }
  }
}

/** @param {Entry[]} items */
async function sendPiece(items) {
  become('sending');
  nowSending(items.map(({ id }) => id));
  try {
    await deliver(items);
    sending.tries = 0;
  } finally {
    nowSending([]);
  }
}

/**
 * Does something while the browser's session is surely that person's: no tab signs in or out, or sends, meanwhile.
 * @template T
 * @param {string} person
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>} null where it is not theirs
 */
function asThem(person, work) {
  return alone(async () => {
    const found = await caller();
    if (found?.id === person) {
      sending.spoke = true;
      return work();
    }
    become(found ? 'otherPerson' : 'signedOut');
    return null;
  });
}

/** @param {Entry[]} items */
async function deliver(items) {
  const { at, clock } = reading();
  const body = { sending: { at, clock }, items: items.map(({ id, event }) => ({ id, event })) };
  /** @type {import('../api.js').Answer<{items: Outcome[]} | null>} */
  const answer = await ask('POST', '/cleanings/batch', { body, signal: AbortSignal.timeout(PATIENCE) });
  const said = answer.body?.items;
  // Cut off on its way: it is asked again, and answered the same.
  if (!Array.isArray(said)) throw new Failure(0, null, 0);
  const { person } = /** @type {Entry} */ (items[0]);
  // Refused because somebody else signed in within that instant, which no lock of ours can keep another page from.
  const isElse = said.some(({ code }) => code === 'forbidden') && (await caller())?.id !== person;
  await settle(items.flatMap(({ id }, place) => {
    const outcome = said[place];
    return outcome && outcome.id === id && !(isElse && outcome.code === 'forbidden') ? [/** @type {[string, Outcome]} */ ([id, outcome])] : [];
  }));
}

/**
 * @param {string} person
 * @param {unknown} error
 */
function failed(person, error) {
  if (error instanceof Failure && error.status === 401) {
    become('signedOut');
    return;
  }
  const isOffline = error instanceof Failure && error.isOffline;
  const isBarred = error instanceof Failure && error.status === 403;
  become(isOffline ? 'offline' : 'failed', isOffline ? '' : isBarred ? t('staff.barred') : sentence(error));
  const asked = error instanceof Failure ? error.retryAfter : 0;
  const pause = Math.max(asked, PAUSES[Math.min(sending.tries, PAUSES.length - 1)] ?? 300);
  sending.tries += 1;
  sending.timer = setTimeout(() => send(person), pause * 1000);
}

/**
 * @param {Condition} to
 * @param {string} [why]
 */
function become(to, why = '') {
  sending.condition = to;
  sending.why = why;
  changed();
}

/**
 * Sends whenever there may be signal again.
 * @param {() => string | null} whose
 */
export function sendWheneverPossible(whose) {
  const now = () => {
    const person = whose();
    if (!person) return;
    sending.tries = 0;
    send(person);
  };
  addEventListener('online', now);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') now();
  });
  // A tab that sent may have been killed, and some records are wanted again later.
  setInterval(() => {
    const person = whose();
    if (person && !sending.timer && sending.condition !== 'signedOut') send(person);
  }, 60000);
  now();
}
