// Lengths of time as they are typed: a number and its unit. Pure but for the field.

import { choice } from '../../dialog.js';
import { el } from '../../dom.js';
import { t } from '../../i18n.js';

const UNITS = { minutes: 1, hours: 60, days: 1440 };
/** @typedef {keyof typeof UNITS} Unit */

/**
 * The largest unit in which it is a whole number.
 * @param {number} minutes
 * @returns {[n: number, unit: Unit]}
 */
export function inUnits(minutes) {
  if (minutes > 0 && minutes % 1440 === 0) return [minutes / 1440, 'days'];
  return minutes > 0 && minutes % 60 === 0 ? [minutes / 60, 'hours'] : [minutes, 'minutes'];
}

/**
 * A field for a length of time.
 * @param {string} label
 * @param {string} name as the interface calls it
 * @param {number} minutes
 * @param {number} least
 */
export function durationField(label, name, minutes, least) {
  const [n, unit] = inUnits(minutes);
  const number = el('input', { type: 'number', inputmode: 'numeric', min: least, max: 44640, step: 1, value: n, required: true });
  const units = choice(`${name}Unit`, [['minutes', t('unit.minutes')], ['hours', t('unit.hours')], ['days', t('unit.days')]]);
  units.value = unit;
  units.setAttribute('aria-label', `${label} ${t('unit')}`);
  const element = el('div', { class: 'field duration', 'data-name': name }, el('label', {}, el('span', {}, label), number), units, el('small', { class: 'wrong', hidden: true }));
  return { element, read: () => Number(number.value || 0) * UNITS[/** @type {Unit} */ (units.value)] };
}
