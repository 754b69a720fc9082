// Who cleans with this device. Remembered, so that the page opens without a network and knows whose records it keeps.

import { Failure, ask, get } from '../api.js';
import { put, read } from './store.js';

/** @typedef {import('./types').Person} Person */
/** @typedef {import('../types').Member} Member */

/** Who may log, by `src/domain/policy.rs`. */
const LOGGING = ['cleaner', 'supervisor'];
const KEY = 'people';
const LOCK = 'gongce.staff.session';
/** How long the service may think about who that is, in milliseconds. */
const PATIENCE = 20000;

/** @typedef {{key: string, people: Person[], current: string | null}} Here */

/**
 * Lies in the database and not in `localStorage`: that is written some seconds later, and a phone whose battery ends before
 * would forget whose its queue is, and the token without which the six digits open nothing.
 * @returns {Promise<Here>}
 */
async function here() {
  return (await read('kept', KEY)) ?? { key: KEY, people: [], current: null };
}

/** @returns {Promise<Person[]>} whoever has signed in here, the last one first */
export async function people() {
  return (await here().catch(() => null))?.people ?? [];
}

/** @returns {Promise<Person | null>} whose page this is, as far as this device knows */
export async function remembered() {
  const found = await here().catch(() => null);
  return found?.people.find(({ id }) => id === found.current) ?? null;
}

/**
 * @param {Member} member
 * @param {string} [device] the token that comes with a PIN
 * @returns {Promise<Person>}
 */
export async function remember(member, device) {
  const { people: before } = await here();
  const token = device ?? before.find(({ id }) => id === member.id)?.device;
  const logs = member.grants.some(({ role }) => LOGGING.includes(role));
  const person = { id: member.id, name: member.name, logs, ...(token && { device: token }) };
  await put('kept', { key: KEY, people: [person, ...before.filter(({ id }) => id !== member.id)], current: member.id });
  return person;
}

/**
 * Whose session the browser has.
 * @returns {Promise<Member | null>} null for nobody's; rejected without a network
 */
export async function caller() {
  try {
    return await get('/me', {}, AbortSignal.timeout(PATIENCE));
  } catch (error) {
    if (error instanceof Failure && error.status === 401) return null;
    throw error;
  }
}

/**
 * Signs in. Nothing is sent from the queue meanwhile: it could go under the wrong login.
 * @param {object} given as `POST /sessions` wants it
 * @param {string} [device]
 * @returns {Promise<Person>}
 */
export function signIn(given, device) {
  return alone(async () => {
    await ask('POST', '/sessions', { body: { ...given, cookie: true } });
    /** @type {Member} */
    const member = await get('/me');
    return remember(member, device);
  });
}

/** Signs out; what waits stays, and so does the PIN's device. */
export function signOut() {
  return alone(async () => {
    await ask('DELETE', '/sessions/current').catch((error) => {
      if (!(error instanceof Failure && error.status === 401)) throw error;
    });
    await put('kept', { ...(await here()), current: null });
  });
}

/**
 * Does something while no other tab sends, signs in or signs out.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(work) {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}
