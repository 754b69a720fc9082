// Rates in words: what they are, of how many, and nothing where there was nothing to count.

import { el } from '../../dom.js';
import { percent } from '../../format.js';
import { language, t } from '../../i18n.js';

/** @typedef {import('../types').Rate} Rate */

const WHOLE = new Intl.NumberFormat(language);

/** @param {number} value */
export function whole(value) {
  return WHOLE.format(value);
}

/**
 * A rate with what it is made of.
 * @param {Rate | undefined} rate
 */
export function rateCell(rate) {
  if (rate?.value === undefined) return el('span', { class: 'quiet' }, t('figures.none'));
  return el('span', { class: 'rate' }, el('strong', { class: 'numbers' }, percent(rate.value)), el('span', { class: 'quiet small numbers' }, `${whole(rate.numerator)}/${whole(rate.denominator)}`));
}

/**
 * Minutes as hours and minutes.
 * @param {number} minutes
 */
export function lasting(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? t('figures.minutes', { n: rest }) : t('figures.hours', { h: hours, m: rest });
}
