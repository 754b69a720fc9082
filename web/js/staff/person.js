// Who cleans with this device. Remembered, so that the page opens without a network and knows whose records it keeps.

import { Failure, ask, get } from '../api.js';
import { keep, kept } from '../keep.js';

/** @typedef {import('./types').Person} Person */
/** @typedef {import('../types').Member} Member */

/** Who may log, by `src/domain/policy.rs`. */
const LOGGING = ['cleaner', 'supervisor'];
const LOCK = 'gongce.staff.session';
/** How long the service may think about who that is, in milliseconds. */
const PATIENCE = 20000;

/** @returns {Person[]} whoever has signed in here, the last one first */
export function people() {
  try {
    const found = JSON.parse(kept('people') ?? '[]');
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @returns {Person | null} whose page this is, as far as this device knows */
export function remembered() {
  const id = kept('person');
  return people().find((one) => one.id === id) ?? null;
}

/**
 * @param {Member} member
 * @param {string} [device] the token that comes with a PIN
 * @returns {Person}
 */
export function remember(member, device) {
  const before = people().find((one) => one.id === member.id);
  const token = device ?? before?.device;
  const logs = member.grants.some(({ role }) => LOGGING.includes(role));
  const person = { id: member.id, name: member.name, logs, ...(token && { device: token }) };
  keep('people', JSON.stringify([person, ...people().filter((one) => one.id !== member.id)]));
  keep('person', member.id);
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
    keep('person', null);
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
