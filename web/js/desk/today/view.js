// The day on the screen: numbers, lists and map of one state of what is known, drawn anew when that changes.

import { sentence } from '../../api.js';
import { el, show, toast } from '../../dom.js';
import { clock } from '../../format.js';
import { named, t } from '../../i18n.js';
import { County, MOST } from './county.js';
import { listed, slotRows, tiles, toiletRows } from './lists.js';
import { dayMap } from './map.js';
import { openSlots } from './slots.js';
import { standing } from './standing.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('./standing.js').State} State */
/** @typedef {import('./lists.js').Entry} Entry */

/** How often it is looked at what time alone has changed, in milliseconds. */
const TICK = 20000;
/** While the slots come in, it is drawn this often. */
const WHILE_LOADING = 500;

export class DayView {
  /**
   * @param {Desk} desk
   * @param {Record<'sums' | 'lists' | 'ground' | 'stream', HTMLElement>} places
   */
  constructor(desk, places) {
    this.desk = desk;
    this.places = places;
    this.all = new County(desk);
    this.map = dayMap(places.ground, (id) => this.opened(id));
    /** @type {State | null} the one that is shown alone */
    this.chosen = null;
    /** @type {Set<string>} lists that the reader wants whole */
    this.whole = new Set();
    this.area = '';
    this.known = 0;
    this.of = 0;
    this.drawnAt = 0;
    const ticking = setInterval(() => (this.all.isOld() ? this.reload(this.area) : this.draw()), TICK);
    desk.signal.addEventListener('abort', () => clearInterval(ticking));
  }

  /**
   * Loads it, and says where that fails.
   * @param {string} code of the area, empty for all
   */
  async reload(code) {
    try {
      await this.load(code);
    } catch (error) {
      if (!this.desk.signal.aborted) toast(sentence(error));
    }
  }

  /** @param {string} code of the area, empty for all */
  async load(code) {
    this.area = code;
    this.whole.clear();
    await this.all.load(code, (known, of) => {
      if (this.area !== code) return;
      [this.known, this.of] = [known, of];
      if (known === 0 || known === of || Date.now() - this.drawnAt > WHILE_LOADING) this.draw();
      if (known === 0 && code) this.map.then(({ focus }) => focus([...this.all.toilets.values()]));
    });
    this.draw();
  }

  /** @param {number[]} ids something happened at these toilets */
  async changed(ids) {
    try {
      if ((await this.all.refresh(ids)).length > 0) this.draw();
    } catch (error) {
      if (!this.desk.signal.aborted) toast(sentence(error));
    }
  }

  /** @param {boolean} is whether somebody tells what happens */
  live(is) {
    const { stream } = this.places;
    stream.className = `tag ${is ? 'good' : 'bad'}`;
    show(stream, is ? t('today.live') : t('today.broken', { time: clock(new Date(), this.desk.zone) }));
  }

  draw() {
    if (this.desk.signal.aborted) return;
    this.drawnAt = Date.now();
    const now = new Date();
    const { toilets, slots } = this.all;
    // Of whom the slots are not read yet nothing is said.
    const shown = [...toilets.values()].flatMap((toilet) => {
      const own = slots.get(toilet.id);
      return own ? [{ toilet, stands: standing(toilet, own, now) }] : [];
    });
    const few = this.chosen ? shown.filter(({ stands }) => stands.state === this.chosen) : shown;
    const { sums, lists } = this.places;
    const focus = focused();
    const isRead = this.of <= MOST;
    show(sums, isRead && tiles(shown, this.chosen, (state) => this.choose(state)), this.progress());
    show(lists, ...(isRead ? this.listsOf(few, now) : []));
    if (focus) /** @type {HTMLElement | null} */ (sums.querySelector(focus) ?? lists.querySelector(focus))?.focus();
    this.map.then(({ draw }) => draw(new Map(few.map((entry) => [entry.toilet.id, entry]))));
  }

  progress() {
    if (this.of > MOST) return el('p', { class: 'note' }, t('today.tooMany', { n: this.of }));
    return this.known < this.of && el('p', { class: 'quiet small', role: 'status' }, t('today.loading', { known: this.known, of: this.of }));
  }

  /** @param {State | null} state */
  choose(state) {
    this.chosen = state;
    this.draw();
  }

  /** @param {number} id */
  opened(id) {
    const toilet = this.all.toilets.get(id);
    if (toilet) openSlots(this.desk, toilet, this.all.slots.get(id) ?? []);
  }

  /**
   * @param {Entry[]} few
   * @param {Date} now
   */
  listsOf(few, now) {
    const { chosen } = this;
    const opened = (/** @type {number} */ id) => this.opened(id);
    const list = (/** @type {string} */ id, /** @type {string} */ title, /** @type {string} */ empty, /** @type {HTMLElement[]} */ rows) => listed({
      id, title, empty: this.known < this.of ? t('loading') : empty, rows, all: this.whole.has(id), more: () => { this.whole.add(id); this.draw(); },
    });
    const overdue = () => list('overdue', t('today.overdueList'), t('today.noOverdue'), slotRows(few, 'overdue', now, opened));
    const missed = () => list('missed', t('today.missedList'), t('today.noMissed'), slotRows(few, 'missed', now, opened));
    if (!chosen || chosen === 'late') return [overdue(), missed()];
    return [chosen === 'missed' ? missed() : list(chosen, named('stands', chosen), t('today.nobody'), toiletRows(few, opened))];
  }
}

/** What has the focus, as it can be found again once all is drawn anew. */
function focused() {
  const element = document.activeElement;
  const state = element?.getAttribute('data-state');
  if (state) return `[data-state="${state}"]`;
  const toilet = element?.getAttribute('data-toilet');
  return toilet && `[data-list="${element?.closest('[data-list]')?.getAttribute('data-list')}"] [data-toilet="${toilet}"]`;
}
