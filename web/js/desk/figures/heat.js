// The on-time rate by hour and day of the week, as the interface counts it: by the local time at which things were due.

import { el, show } from '../../dom.js';
import { sentence } from '../../api.js';
import { percent } from '../../format.js';
import { language, t } from '../../i18n.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').HourFigure} HourFigure */
/** @typedef {import('../types').HourFigures} HourFigures */
/** @typedef {import('./span.js').Asked} Asked */

const DAYS = /** @type {const} */ (['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const WEEKDAY = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });

/**
 * @param {Desk} desk
 * @param {HTMLElement} place
 * @param {Asked} asked
 * @param {AbortSignal} signal
 */
export async function heat(desk, place, { from, to, area }, signal) {
  show(place, el('p', { class: 'quiet', role: 'status' }, t('loading')));
  try {
    /** @type {HourFigures} */
    const { items } = await desk.get('/figures/hours', { from, to, area: area || undefined });
    if (!signal.aborted) show(place, el('p', { class: 'quiet' }, t('heat.about')), ...drawn(items), el('p', { class: 'quiet small' }, t('heat.how', { from, to })));
  } catch (error) {
    if (!signal.aborted) show(place, el('p', { class: 'note bad', role: 'alert' }, sentence(error)));
  }
}

/** @param {HourFigure[]} items */
function drawn(items) {
  const known = new Map(items.map((one) => [`${one.hour} ${one.weekday}`, one]));
  const hours = [...new Set(items.map(({ hour }) => hour))].sort((one, other) => one - other);
  if (hours.length === 0) return [el('p', { class: 'quiet' }, t('figures.none'))];
  // A Monday, from which the names of the days are.
  const names = DAYS.map((_, place) => WEEKDAY.format(new Date(Date.UTC(2024, 0, 1 + place))));
  return [el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('heat.title') }, el('table', { class: 'heat' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('heat.hour')), names.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, hours.map((hour) => el('tr', {}, el('th', { scope: 'row', class: 'numbers' }, `${String(hour).padStart(2, '0')}:00`),
      DAYS.map((day) => cell(known.get(`${hour} ${day}`))))))))];
}

/** @param {HourFigure | undefined} known */
function cell(known) {
  if (!known || known.onTime.value === undefined) return el('td', { class: 'heat-none' }, el('span', { class: 'quiet' }, '·'));
  const { onTime: { value, numerator }, n, tooFew } = known;
  const level = value >= 0.98 ? 5 : value >= 0.95 ? 4 : value >= 0.9 ? 3 : value >= 0.8 ? 2 : 1;
  return el('td', { class: `heat-${tooFew ? 'few' : level}`, title: `${numerator}/${n}` }, el('span', { class: 'numbers' }, percent(value)),
    el('span', { class: 'small numbers' }, tooFew ? t('figures.tooFew', { n }) : `${numerator}/${n}`));
}
