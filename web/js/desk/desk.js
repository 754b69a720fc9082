// What all parts of the desk are given: who reads, what they may, and requests that ask the reader when the service asks.

import { Failure, all, ask, get } from '../api.js';
import { settings } from '../settings.js';
import { proveAgain, signInAgain } from './signin.js';
import { homeOf, may } from './roles.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('../types').Member} Member */
/** @typedef {import('../types').Area} Area */
/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {Omit<Desk, 'path' | 'signal'>} Context all but what changes from part to part */

const FALLBACK_ZONE = 'Asia/Shanghai';
const TOILETS_COUNT = 60000;
/** The most toilets that the desk keeps in sight. */
const MOST = 3000;

/**
 * @param {Member} me
 * @returns {Promise<Context>}
 */
export async function makeDesk(me) {
  const home = homeOf(me);
  /** @type {{items: Toilet[]}} */
  const first = await get('/toilets', { limit: 1, area: home, crs: settings.crs });
  return {
    me, home, zone: first.items[0]?.zone ?? FALLBACK_ZONE,
    may: (ability) => may(me, ability),
    go: (...path) => { location.hash = path.map((piece) => encodeURIComponent(String(piece))).join('/'); },
    ask: (method, path, asking) => kept(me, () => ask(method, path, asking)),
    get: (path, params) => kept(me, () => get(path, params)),
    all: (path, params, most) => kept(me, () => all(path, params, most)),
    areas: once(() => areasOf(home)),
    toilets: once(() => kept(me, () => all('/toilets', { area: home, crs: settings.crs }, MOST)), TOILETS_COUNT),
  };
}

/**
 * Asks; where the service wants to know the reader again, asks them and goes on.
 * @template T
 * @param {Member} me
 * @param {() => Promise<T>} request
 * @returns {Promise<T>}
 */
async function kept(me, request) {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const again = error instanceof Failure && (error.status === 401 ? signInAgain : error.code === 'stepUpNeeded' && proveAgain);
      if (!again || !(await again(me))) throw error;
    }
  }
}

/**
 * @param {string | undefined} home
 * @returns {Promise<Area[]>}
 */
async function areasOf(home) {
  if (!home) return all('/areas', { level: ['county', 'town'] }, 500);
  /** @type {[Area, Area[]]} */
  const [own, below] = await Promise.all([get(`/areas/${encodeURIComponent(home)}`), all('/areas', { parent: home }, 500)]);
  return [own, ...below];
}

/**
 * Does it once, or once in so many milliseconds; what failed is tried anew.
 * @template T
 * @param {() => Promise<T>} work
 * @param {number} [counts]
 * @returns {() => Promise<T>}
 */
function once(work, counts = Infinity) {
  /** @type {Promise<T> | undefined} */
  let doing;
  let since = 0;
  return () => {
    if (doing && Date.now() - since < counts) return doing;
    since = Date.now();
    doing = work();
    doing.catch(() => { doing = undefined; });
    return doing;
  };
}
