// The span of days and the scope that figures are told of. Days are written `2026-11-29`. Pure but for the controls.

import { choice } from '../../dialog.js';
import { el } from '../../dom.js';
import { day } from '../../format.js';
import { named, t } from '../../i18n.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').Grouping} Grouping */
/** @typedef {{from: string, to: string, area: string, groupBy: Exclude<Grouping, 'all'>}} Asked */

/** The most days that the interface tells at once. */
const LONGEST = 366;
const SPANS = /** @type {const} */ (['week', 'days30', 'month', 'lastMonth', 'own']);
/** @typedef {typeof SPANS[number]} Span */

/**
 * @param {string} date
 * @param {number} days
 */
export function shifted(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
}

/**
 * How many days there are from one to another, both counted.
 * @param {string} from
 * @param {string} to
 */
export function lengthOf(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86400000) + 1;
}

/**
 * @param {Exclude<Span, 'own'>} span
 * @param {string} today
 */
export function spanOf(span, today) {
  const first = `${today.slice(0, 8)}01`;
  const before = shifted(first, -1);
  if (span === 'week') return { from: shifted(today, -6), to: today };
  if (span === 'days30') return { from: shifted(today, -29), to: today };
  return span === 'month' ? { from: first, to: today } : { from: `${before.slice(0, 8)}01`, to: before };
}

/**
 * The controls; tells what is asked whenever that changes.
 * @param {Desk} desk
 * @param {[string, string][]} areas
 * @param {(asked: Asked) => void} changed
 */
export function controls(desk, areas, changed) {
  const today = day(new Date(), desk.zone);
  const labelled = (/** @type {string} */ label, /** @type {HTMLElement} */ input) => el('label', { class: 'control' }, el('span', {}, label), input);
  const span = choice('span', SPANS.map((name) => [name, named('span', name)]));
  span.value = 'days30';
  const from = el('input', { name: 'from', type: 'date', max: today, required: true });
  const to = el('input', { name: 'to', type: 'date', max: today, required: true });
  const area = choice('area', areas);
  const groupBy = choice('groupBy', /** @type {const} */ (['area', 'operator', 'person', 'toilet']).map((name) => [name, named('group', name)]));
  const days = el('div', { class: 'control-days', hidden: true }, labelled(t('figures.from'), from), labelled(t('figures.to'), to));
  const said = el('p', { role: 'alert', class: 'control-said' });

  const read = () => {
    days.hidden = span.value !== 'own';
    if (span.value !== 'own') {
      const chosen = spanOf(/** @type {Exclude<Span, 'own'>} */ (span.value), today);
      [from.value, to.value] = [chosen.from, chosen.to];
    }
    said.textContent = '';
    if (!from.value || !to.value) return;
    if (from.value > to.value) said.textContent = t('figures.backwards');
    else if (lengthOf(from.value, to.value) > LONGEST) said.textContent = t('figures.tooLong', { n: LONGEST });
    else changed({ from: from.value, to: to.value, area: area.value, groupBy: /** @type {any} */ (groupBy.value) });
  };
  const form = el('form', { class: 'controls', onchange: read, onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    labelled(t('figures.span'), span), days, labelled(t('today.area'), area), labelled(t('figures.by'), groupBy), said);
  return { form, begin: read };
}
