// Which toilet is meant: from the round, from the copy of the register on this device, or from the service.

import { Failure, get } from '../api.js';
import { copy } from '../offline/copy.js';
import { keptRound } from './round.js';

/** @typedef {import('./types').Known} Known */
/** @typedef {import('./types').ScannedPlate} ScannedPlate */
/** @typedef {import('../types').Toilet} Toilet */

/**
 * All that this device knows of.
 * @param {string} person
 * @returns {Promise<Known[]>} those of the round first
 */
export async function known(person) {
  const round = (await keptRound(person).catch(() => undefined))?.round.items ?? [];
  const kept = (await copy().catch(() => null))?.bundle.items ?? [];
  return [...round.map(({ toilet, ...rest }) => brief({ id: toilet, ...rest })), ...kept.map((item) => brief(item))];
}

/**
 * @param {Known} toilet
 * @returns {Known}
 */
function brief({ id, name, nameEn, code }) {
  return { id, name, ...(nameEn && { nameEn }), ...(code && { code }) };
}

/**
 * The toilet with that number. Without a network one that this device does not know has its number for a name.
 * @param {number} id
 * @param {string} person
 * @returns {Promise<Known | null>} null if the service knows none
 */
export async function byNumber(id, person) {
  const found = (await known(person)).find((toilet) => toilet.id === id);
  if (found) return found;
  try {
    /** @type {Toilet} */
    const toilet = await get(`/toilets/${id}`, {}, AbortSignal.timeout(8000));
    return brief(toilet);
  } catch (error) {
    return error instanceof Failure && error.status === 404 ? null : { id, name: `#${id}` };
  }
}

/**
 * Those whose sign or name holds what was typed.
 * @param {string} text
 * @param {string} person
 * @returns {Promise<Known[]>} a few; rejected where only the service could know and it does not answer
 */
export async function byText(text, person) {
  const wanted = text.trim().toLowerCase();
  /** @type {Map<number, Known>} */
  const found = new Map();
  for (const toilet of await known(person)) {
    const texts = [toilet.code, toilet.name, toilet.nameEn].map((one) => one?.toLowerCase() ?? '');
    if (texts.some((one) => one.includes(wanted)) && !found.has(toilet.id)) found.set(toilet.id, toilet);
  }
  if (found.size === 0) {
    /** @type {{items: Toilet[]}} */
    const { items } = await get('/toilets', { q: text.trim(), limit: 8 }, AbortSignal.timeout(8000));
    for (const toilet of items) found.set(toilet.id, brief(toilet));
  }
  const all = [...found.values()];
  const exact = all.filter((toilet) => toilet.code?.toLowerCase() === wanted);
  return (exact.length > 0 ? exact : all).slice(0, 8);
}

/**
 * What the service says of a plate.
 * @param {string} token
 * @returns {Promise<ScannedPlate | null | undefined>} null where it counts for nothing; undefined where nobody could be asked
 */
export async function plate(token) {
  try {
    return await get(`/plates/${encodeURIComponent(token)}`, {}, AbortSignal.timeout(8000));
  } catch (error) {
    return error instanceof Failure && error.status === 404 ? null : undefined;
  }
}
