// The copy of the register on this device: fetched when there is a network, read when there is none.

import { Failure, address, get } from '../api.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').Bundle} Bundle */
/** @typedef {import('../types').Area} Area */

const CACHE = 'gongce-copy';
/** Under this name the copy lies in the browser's cache. */
const NAME = '/copy/toilets.json';
/** A copy younger than this is not fetched anew. */
const FRESH = 10 * 60000;

/**
 * Fetches a copy unless there is a young one: of all toilets, or of the county around where those are too many.
 * @param {string | undefined} area the code of an area near the reader
 */
export async function renew(area) {
  const held = await copy();
  if (held && Date.now() - held.at.getTime() < FRESH) return;
  let response = await fetch(address('/toilets/bundle', { crs: settings.crs }));
  if (response.status === 422 && area) {
    const county = await countyOf(area);
    response = await fetch(address('/toilets/bundle', { crs: settings.crs, area: county }));
  }
  if (!response.ok) throw new Failure(response.status, null, 0);
  const cache = await caches.open(CACHE);
  await cache.put(NAME, response);
}

/**
 * @param {string} code
 */
async function countyOf(code) {
  /** @type {Area} */
  const area = await get(`/areas/${encodeURIComponent(code)}`);
  return area.path[2] ?? area.code;
}

/**
 * The copy and when the server made it; null where there is none.
 * @returns {Promise<{bundle: Bundle, at: Date} | null>}
 */
export async function copy() {
  if (!('caches' in globalThis)) return null;
  const cache = await caches.open(CACHE);
  const response = await cache.match(NAME);
  if (!response) return null;
  const at = new Date(response.headers.get('Date') ?? 0);
  return { bundle: await response.json(), at };
}
