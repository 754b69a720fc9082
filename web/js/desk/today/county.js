// The toilets in sight with their slots of today: loaded once, and then only what an event names.

import { day } from '../../format.js';
import { settings } from '../../settings.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../types').DeskSlots} DeskSlots */
/** @typedef {import('../../types').Toilet} Toilet */

/** So many are asked for at the same time. */
const AT_ONCE = 6;
/** The slots of more toilets than these are not asked for one by one: choose an area. */
export const MOST = 600;

/**
 * @param {Desk} desk
 */
export function county(desk) {
  /** @type {Map<number, Toilet>} */
  const toilets = new Map();
  /** @type {Map<number, DeskSlot[]>} */
  const slots = new Map();
  let date = '';
  /** Which loading counts: one that was overtaken stops. */
  let turn = 0;

  /** @param {number} id */
  async function loadSlots(id) {
    /** @type {DeskSlots} */
    const { items } = await desk.get(`/toilets/${id}/slots`, { from: date, to: date });
    slots.set(id, items);
  }

  /**
   * All of an area.
   * @param {string} area empty for all in the reader's charge
   * @param {(known: number, of: number) => void} came so many are known by now
   */
  async function load(area, came) {
    const mine = (turn += 1);
    date = day(new Date(), desk.zone);
    /** @type {Toilet[]} */
    const all = area ? await desk.all('/toilets', { area, crs: settings.crs }) : await desk.toilets();
    if (mine !== turn) return;
    toilets.clear();
    slots.clear();
    for (const toilet of all) if (toilet.status !== 'planned' && toilet.status !== 'retired') toilets.set(toilet.id, toilet);
    came(0, toilets.size);
    if (toilets.size > MOST) return;
    const waiting = [...toilets.keys()];
    const of = waiting.length;
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined && mine === turn && !desk.signal.aborted; id = waiting.shift()) {
        await loadSlots(id);
        if (mine === turn) came(slots.size, of);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /**
   * What an event named, if it is in sight.
   * @param {number[]} ids
   */
  async function refresh(ids) {
    const known = ids.filter((id) => toilets.has(id));
    await Promise.all(known.map(async (id) => {
      /** @type {[Toilet, void]} */
      const [toilet] = await Promise.all([desk.get(`/toilets/${id}`, { crs: settings.crs }), loadSlots(id)]);
      if (toilet.status === 'retired') toilets.delete(id);
      else toilets.set(id, toilet);
    }));
    return known;
  }

  return { toilets, slots, load, refresh, isOld: () => date !== day(new Date(), desk.zone) };
}

/** @typedef {ReturnType<typeof county>} County */
