// Today: how every toilet in the reader's charge stands now, as it happens.

import { sentence } from '../api.js';
import { choice } from '../dialog.js';
import { el, show, toast } from '../dom.js';
import { clock } from '../format.js';
import { named, t } from '../i18n.js';
import { MOST, county } from './today/county.js';
import { listed, slotRows, tiles, toiletRows } from './today/lists.js';
import { follow } from './today/live.js';
import { dayMap } from './today/map.js';
import { openSlots } from './today/slots.js';
import { standing } from './today/standing.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./today/standing.js').State} State */
/** @typedef {import('./today/lists.js').Entry} Entry */

/** How often it is looked at what time alone has changed, in milliseconds. */
const TICK = 20000;
/** While the slots come in, it is drawn this often. */
const WHILE_LOADING = 500;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const areas = (await desk.areas()).filter(({ level }) => level !== 'village');
  const chosen = choice('area', [['', t('today.allAreas')], ...areas.map((area) => /** @type {[string, string]} */ ([area.code, area.name]))]);
  chosen.setAttribute('aria-label', t('today.area'));
  const stream = el('span', { class: 'tag', role: 'status' }, t('today.connecting'));
  const sums = el('div');
  const lists = el('div', { class: 'day-lists' });
  const ground = el('div', { class: 'day-map card', role: 'group', 'aria-label': t('today.map') });
  show(root, el('div', { class: 'part-head' }, el('h1', {}, t('part.today')), stream, chosen), sums, el('div', { class: 'day' }, lists, ground));
  const view = dayView(desk, { sums, lists, ground, stream });
  chosen.addEventListener('change', () => view.load(chosen.value));
  await view.load('');
  follow({ changed: view.changed, reset: () => view.load(chosen.value), live: view.live, refused: () => desk.get('/me') }, desk.signal);
}

/**
 * @param {Desk} desk
 * @param {{sums: HTMLElement, lists: HTMLElement, ground: HTMLElement, stream: HTMLElement}} places
 */
function dayView(desk, { sums, lists, ground, stream }) {
  const all = county(desk);
  const map = dayMap(ground, opened);
  /** @type {State | null} */
  let chosen = null;
  /** @type {Set<string>} lists that the reader wants whole */
  const whole = new Set();
  let area = '';
  let [known, of] = [0, 0];
  let lastDrawn = 0;

  /** @returns {Entry[]} */
  function entries(now = new Date()) {
    const found = [...all.toilets.values()].map((toilet) => ({ toilet, stands: standing(toilet, all.slots.get(toilet.id) ?? [], now) }));
    return found;
  }

  /** @param {number} id */
  function opened(id) {
    const toilet = all.toilets.get(id);
    if (toilet) openSlots(desk, toilet, all.slots.get(id) ?? []);
  }

  function draw() {
    if (desk.signal.aborted) return;
    lastDrawn = Date.now();
    const now = new Date();
    const shown = entries(now);
    const few = chosen ? shown.filter(({ stands }) => stands.state === chosen) : shown;
    const focused = document.activeElement;
    const [state, toilet, list] = [focused?.getAttribute('data-state'), focused?.getAttribute('data-toilet'), focused?.closest('[data-list]')?.getAttribute('data-list')];
    show(sums, tiles(shown, chosen, choose), progress());
    show(lists, ...listsOf(few, now));
    map.then(({ draw: drawMap }) => drawMap(new Map(few.map((entry) => [entry.toilet.id, entry]))));
    if (state) /** @type {HTMLElement | null} */ (sums.querySelector(`[data-state="${state}"]`))?.focus();
    if (toilet) /** @type {HTMLElement | null} */ (lists.querySelector(`[data-list="${list}"] [data-toilet="${toilet}"]`))?.focus();
  }

  function progress() {
    if (of > MOST) return el('p', { class: 'note' }, t('today.tooMany', { n: of }));
    return known < of && el('p', { class: 'quiet small', role: 'status' }, t('today.loading', { known, of }));
  }

  /** @param {State | null} state */
  function choose(state) {
    chosen = state;
    draw();
  }

  /**
   * @param {Entry[]} few
   * @param {Date} now
   */
  function listsOf(few, now) {
    const make = (/** @type {string} */ id, /** @type {string} */ title, /** @type {string} */ empty, /** @type {HTMLElement[]} */ rows) => listed({
      id, title, empty, rows, all: whole.has(id), more: () => { whole.add(id); draw(); },
    });
    const made = [];
    if (!chosen || chosen === 'late') made.push(make('overdue', t('today.overdueList'), t('today.noOverdue'), slotRows(few, 'overdue', now, opened)));
    if (!chosen || chosen === 'late' || chosen === 'missed') made.push(make('missed', t('today.missedList'), t('today.noMissed'), slotRows(few, 'missed', now, opened)));
    if (chosen && chosen !== 'late' && chosen !== 'missed') made.push(make(chosen, named('stands', chosen), t('today.nobody'), toiletRows(few, opened)));
    return made;
  }

  /** @param {string} code of the area, empty for all */
  async function load(code) {
    area = code;
    whole.clear();
    await all.load(code, (now, count) => {
      if (area !== code) return;
      const isFirst = now === 0;
      [known, of] = [now, count];
      if (isFirst || now === count || Date.now() - lastDrawn > WHILE_LOADING) draw();
      if (isFirst && code) map.then(({ focus }) => focus([...all.toilets.values()]));
    });
    draw();
  }

  /** @param {number[]} ids */
  async function changed(ids) {
    try {
      if ((await all.refresh(ids)).length > 0) draw();
    } catch (error) {
      if (!desk.signal.aborted) toast(sentence(error));
    }
  }

  /** @param {boolean} is */
  function live(is) {
    stream.className = `tag ${is ? 'good' : 'bad'}`;
    show(stream, is ? t('today.live') : t('today.broken', { time: clock(new Date(), desk.zone) }));
  }

  const ticking = setInterval(() => (all.isOld() ? load(area).catch(() => undefined) : draw()), TICK);
  desk.signal.addEventListener('abort', () => clearInterval(ticking));
  return { load, changed, live };
}
