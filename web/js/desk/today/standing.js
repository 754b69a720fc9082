// How a toilet stands now, by its slots of today. Pure.

/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../../types').Toilet} Toilet */

/** The states of a toilet, the one that most wants somebody first. */
export const STATES = /** @type {const} */ (['late', 'missed', 'due', 'done', 'later', 'closed', 'none']);
/** @typedef {typeof STATES[number]} State */

/**
 * @typedef {object} Standing
 * @property {State} state
 * @property {DeskSlot[]} overdue what was due and can still be done
 * @property {DeskSlot[]} missed what was not done, and its time is over
 * @property {number} done how many were done
 * @property {number} of how many there are today, those that an exception cancels left out
 */

/**
 * The state of a slot at an instant: what the service said may be some minutes old, and time alone changes it.
 * @param {DeskSlot} slot
 * @param {Date} now
 * @returns {DeskSlot['state'] | 'overdue'}
 */
export function stateOf(slot, now) {
  const { state, opens, due, closes } = slot;
  if (state !== 'planned' && state !== 'open') return state;
  const time = now.getTime();
  if (time < Date.parse(opens)) return 'planned';
  if (time <= Date.parse(due)) return 'open';
  return time <= Date.parse(closes) ? 'overdue' : 'missed';
}

/**
 * @param {Toilet} toilet
 * @param {DeskSlot[]} slots
 * @param {Date} now
 * @returns {Standing}
 */
export function standing(toilet, slots, now) {
  const told = slots.map((slot) => ({ slot, state: stateOf(slot, now) }));
  const having = (/** @type {string[]} */ ...states) => told.filter(({ state }) => states.includes(state)).map(({ slot }) => slot);
  const [overdue, missed, due, done] = [having('overdue'), having('missed'), having('open'), having('doneOnTime', 'doneLate', 'excused')];
  return { state: first(), overdue, missed, done: done.length, of: told.length - having('cancelled').length };

  /** @returns {State} */
  function first() {
    if (toilet.outage || toilet.status === 'closed') return 'closed';
    if (overdue.length > 0) return 'late';
    if (missed.length > 0) return 'missed';
    if (due.length > 0) return 'due';
    if (done.length > 0) return 'done';
    return having('planned').length > 0 ? 'later' : 'none';
  }
}
