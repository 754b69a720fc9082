// The two clocks of this device, as honestly as a browser knows them.
//
// `performance.now()` is set by nobody, but it begins anew with each load of the page, and on many phones it stands still
// while the phone sleeps. What a record calls a start (`bootId`) is therefore one stretch of one load of the page in which that
// clock did not fall behind the one on the wall: after a sleep, or when the wall's clock was put forward, which looks the
// same, another stretch begins, and the service finds the time by the device's clock and by how far that is off when it
// sends. A wall's clock that was put back breaks nothing: then the other one is right.

import { newId } from './ids.js';

/** By how much the clocks may part before the one is taken to have slept, in milliseconds. */
const SLACK = 5000;

/** @typedef {{wall: () => number, count: () => number}} Clocks */

/** @type {Clocks} */
const OURS = { wall: () => Date.now(), count: () => performance.now() };

/**
 * @param {Clocks} [clocks] others, to try it
 */
export function makeClock({ wall, count } = OURS) {
  const begin = () => ({ wall: wall(), counted: count(), bootId: newId() });
  let stretch = begin();

  /**
   * Both clocks now.
   * @returns {import('./types').Reading}
   */
  return function reading() {
    const [at, counted] = [wall(), count()];
    const parted = at - stretch.wall - (counted - stretch.counted);
    if (parted > SLACK) stretch = begin();
    else if (parted < -SLACK) stretch.wall += parted;
    return { at: new Date(at).toISOString(), clock: { bootId: stretch.bootId, monotonicMs: Math.round(counted) } };
  };
}

/** The clocks of this load of the page. */
export const reading = makeClock();
