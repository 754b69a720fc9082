// The on-time rate by hour and day of the week, counted from the slots of the toilets themselves: the figures of the interface
// are by day. Counted are, as there, those that were done on time, done late or missed.

import { el, show } from '../../dom.js';
import { sentence } from '../../api.js';
import { percent } from '../../format.js';
import { language, t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { shifted } from './span.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('./span.js').Asked} Asked */
/** @typedef {{onTime: number, n: number}} Count */

const AT_ONCE = 6;
/** The most days of slots that the interface tells at once. */
const DAYS = 62;
/** Fewer than these say little. */
const FEW = 20;
const WEEKDAY = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });

/**
 * Offers to count; it reads the slots of every toilet, which takes its time.
 * @param {Desk} desk
 * @param {HTMLElement} place
 * @param {Asked} asked
 * @param {AbortSignal} signal
 */
export function heat(desk, place, asked, signal) {
  const from = asked.from < shifted(asked.to, 1 - DAYS) ? shifted(asked.to, 1 - DAYS) : asked.from;
  const said = el('p', { class: 'quiet small', role: 'status' });
  const button = el('button', { class: 'button', type: 'button' }, t('heat.count'));
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const counts = await count(desk, { ...asked, from }, signal, (known, of) => { said.textContent = t('heat.counting', { known, of }); });
      if (!signal.aborted) show(place, ...drawn(counts), el('p', { class: 'quiet small' }, t('heat.how', { from, to: asked.to })));
    } catch (error) {
      if (signal.aborted) return;
      show(said, el('span', { class: 'note bad' }, sentence(error)));
      button.disabled = false;
    }
  });
  show(place, el('p', { class: 'quiet' }, t('heat.about')), el('p', { class: 'row heat-begin' }, button, said));
}

/**
 * @param {Desk} desk
 * @param {Asked} asked
 * @param {AbortSignal} signal
 * @param {(known: number, of: number) => void} came
 */
async function count(desk, asked, signal, came) {
  /** @type {import('../../types').Toilet[]} */
  const toilets = asked.area ? await desk.all('/toilets', { area: asked.area, crs: settings.crs }) : await desk.toilets();
  /** @type {Map<string, Count>} */
  const counts = new Map();
  const waiting = [...toilets];
  let known = 0;
  const worker = async () => {
    for (let toilet = waiting.shift(); toilet && !signal.aborted; toilet = waiting.shift()) {
      /** @type {import('../types').DeskSlots} */
      const { items } = await desk.get(`/toilets/${toilet.id}/slots`, { from: asked.from, to: asked.to });
      add(counts, items);
      came((known += 1), toilets.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return counts;
}

/**
 * @param {Map<string, Count>} counts by hour and day of the week from Monday, such as `8 0`
 * @param {DeskSlot[]} slots
 * @param {number} [now] in milliseconds
 */
export function add(counts, slots, now = Date.now()) {
  for (const { date, time, state, closes } of slots) {
    // One that is done but not over is in none of the figures yet.
    if (Date.parse(closes) > now) continue;
    if (state !== 'doneOnTime' && state !== 'doneLate' && state !== 'missed') continue;
    const key = `${Number(time.slice(0, 2))} ${(new Date(date).getUTCDay() + 6) % 7}`;
    const known = counts.get(key) ?? { onTime: 0, n: 0 };
    counts.set(key, { onTime: known.onTime + (state === 'doneOnTime' ? 1 : 0), n: known.n + 1 });
  }
}

/** @param {Map<string, Count>} counts */
function drawn(counts) {
  const hours = [...new Set([...counts.keys()].map((key) => Number(key.split(' ')[0])))].sort((one, other) => one - other);
  if (hours.length === 0) return [el('p', { class: 'quiet' }, t('figures.none'))];
  const days = [0, 1, 2, 3, 4, 5, 6];
  // A Monday, from which the names of the days are.
  const names = days.map((place) => WEEKDAY.format(new Date(Date.UTC(2024, 0, 1 + place))));
  return [el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('heat.title') }, el('table', { class: 'heat' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('heat.hour')), names.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, hours.map((hour) => el('tr', {}, el('th', { scope: 'row', class: 'numbers' }, `${String(hour).padStart(2, '0')}:00`),
      days.map((place) => cell(counts.get(`${hour} ${place}`))))))))];
}

/** @param {Count | undefined} known */
function cell(known) {
  if (!known) return el('td', { class: 'heat-none' }, el('span', { class: 'quiet' }, '·'));
  const share = known.onTime / known.n;
  const level = share >= 0.98 ? 5 : share >= 0.95 ? 4 : share >= 0.9 ? 3 : share >= 0.8 ? 2 : 1;
  return el('td', { class: `heat-${known.n < FEW ? 'few' : level}`, title: `${known.onTime}/${known.n}` }, el('span', { class: 'numbers' }, percent(share)),
    el('span', { class: 'small numbers' }, known.n < FEW ? t('figures.tooFew', { n: known.n }) : `${known.onTime}/${known.n}`));
}
