// The toilets in sight with their slots of today: read by the page at first, and then only what an event names.

import { day } from '../../format.js';
import { settings } from '../../settings.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../types').DeskSlots} DeskSlots */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {{items: DeskSlots[], next?: string}} SlotPage */

/** Toilets on a page of slots, and those that are named at once. */
const PAGE = 100;
const NAMED = 50;
/** Where something happened at more toilets at once, all of them are read anew by the page: fewer requests than one by one. */
const FEW = 4;
/** The slots of more toilets than these are not read: choose an area. */
export const MOST = 1500;

/** @param {Toilet} toilet */
const isUsed = ({ status }) => status !== 'planned' && status !== 'retired';

export class County {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Map<number, Toilet>} */
    this.toilets = new Map();
    /** @type {Map<number, DeskSlot[]>} */
    this.slots = new Map();
    /** What an event named while the pages came: it is newer than they are. @type {Set<number>} */
    this.newer = new Set();
    this.date = '';
    this.area = '';
    /** Which loading counts: one that was overtaken stops. */
    this.turn = 0;
  }

  /** Whether what is known is of another day. */
  isOld() {
    return this.date !== day(new Date(), this.desk.zone);
  }

  /**
   * All of an area.
   * @param {string} area empty for all in the reader's charge
   * @param {(known: number, of: number) => void} came so many are known by now
   */
  async load(area, came) {
    const mine = (this.turn += 1);
    const { desk, toilets, slots, newer } = this;
    this.date = day(new Date(), desk.zone);
    this.area = area;
    const all = area ? await this.registered() : await desk.toilets();
    if (mine !== this.turn) return;
    for (const kept of [toilets, slots, newer]) kept.clear();
    for (const toilet of all) if (isUsed(toilet)) toilets.set(toilet.id, toilet);
    came(0, toilets.size);
    if (toilets.size > MOST) return;
    /** @type {string | undefined} */
    let cursor;
    do {
      /** @type {SlotPage} */
      const page = await desk.get('/slots', { area: area || desk.home, from: this.date, to: this.date, limit: PAGE, cursor });
      if (mine !== this.turn || desk.signal.aborted) return;
      this.take(page);
      cursor = page.next;
      came(slots.size, toilets.size);
    } while (cursor);
  }

  /** @returns {Promise<Toilet[]>} those of the area as the register has them now */
  registered() {
    return this.desk.all('/toilets', { area: this.area || this.desk.home, crs: settings.crs }, 2 * MOST);
  }

  /**
   * Takes a page: of toilets up to its end that are not on it nothing is due.
   * @param {SlotPage} page
   */
  take({ items, next }) {
    const due = new Map(items.map((one) => [one.toilet, one.items]));
    const end = Number(next ?? Infinity);
    for (const id of this.toilets.keys()) {
      if (id <= end && !this.newer.has(id) && (due.has(id) || !this.slots.has(id))) this.slots.set(id, due.get(id) ?? []);
    }
  }

  /** @param {number[]} ids */
  async slotsOf(ids) {
    const groups = Array.from({ length: Math.ceil(ids.length / NAMED) }, (_, place) => ids.slice(place * NAMED, (place + 1) * NAMED));
    /** @type {SlotPage[]} */
    const pages = await Promise.all(groups.map((group) => this.desk.get('/slots', { toilet: group.map(String), from: this.date, to: this.date, limit: NAMED })));
    return new Map(pages.flatMap(({ items }) => items).map((one) => [one.toilet, one.items]));
  }

  /**
   * Reads anew what an event named, if it is in sight.
   * @param {number[]} ids
   */
  async refresh(ids) {
    const known = ids.filter((id) => this.toilets.has(id));
    if (known.length === 0) return known;
    const mine = this.turn;
    /** @type {[Toilet[], Map<number, DeskSlot[]>]} */
    const [read, due] = await Promise.all([
      known.length > FEW ? this.registered() : Promise.all(known.map((id) => this.desk.get(`/toilets/${id}`, { crs: settings.crs }))), this.slotsOf(known),
    ]);
    if (mine !== this.turn) return [];
    const found = new Map(read.map((toilet) => [toilet.id, toilet]));
    for (const id of known) {
      const toilet = found.get(id);
      this.newer.add(id);
      this.slots.set(id, due.get(id) ?? []);
      if (toilet && isUsed(toilet)) this.toilets.set(id, toilet);
      else this.toilets.delete(id);
    }
    return known;
  }
}
