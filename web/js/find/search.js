// Finding: from the service, or from the copy on this device when nobody answers.

import { Failure, get } from '../api.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').NearToilet} NearToilet */
/** @typedef {import('../types').Place} Place */
/** @typedef {{needs: string[], grades: string[]}} Wanted */

/**
 * @typedef {object} Found
 * @property {NearToilet[]} items those that can be used, the nearest first
 * @property {Date} at when that was so
 * @property {Date} [copied] of when the copy is that it comes from
 * @property {boolean} [shut] none can be used now: the nearest that are shut
 * @property {boolean} [unsure] of some it is not known whether they have all that is wanted
 */

/**
 * @param {Place} place
 * @param {Wanted} wanted
 * @param {AbortSignal} signal
 * @param {boolean} [unknown] whether those of which something wanted is not known will do
 * @returns {Promise<Found>}
 */
export async function search(place, wanted, signal, unknown = false) {
  try {
    return await asked(place, wanted, signal, unknown);
  } catch (error) {
    if (!(error instanceof Failure) || !(error.isOffline || error.status >= 500)) throw error;
    const found = await copied(place, wanted);
    if (!found) throw error;
    return found;
  }
}

/** @type {(place: Place, wanted: Wanted, signal: AbortSignal, unknown: boolean) => Promise<Found>} */
async function asked(place, wanted, signal, unknown) {
  const params = {
    latitude: place.latitude.toFixed(7), longitude: place.longitude.toFixed(7), crs: settings.crs, limit: 20, barriers: 'avoid',
    need: wanted.needs, grade: wanted.grades, ...(unknown && { unknown: 'include' }),
  };
  /** @type {import('../types').Nearest} */
  const answer = await get('/toilets/nearest', params, signal);
  if (answer.items.length > 0 || unknown) return { items: answer.items, at: new Date(answer.at), unsure: unknown };
  /** @type {import('../types').Nearest} */
  const shut = await get('/toilets/nearest', { ...params, usable: false }, signal);
  return { items: shut.items, at: new Date(shut.at), shut: true };
}

/** @type {(place: Place, wanted: Wanted) => Promise<Found | null>} */
async function copied(place, wanted) {
  const [{ copy }, { nearest }] = await Promise.all([import('../offline/copy.js'), import('../offline/nearest.js')]);
  const held = await copy();
  if (!held || held.bundle.crs !== settings.crs) return null;
  const at = new Date();
  return { items: nearest(held.bundle, place, wanted, at), at, copied: held.at };
}
