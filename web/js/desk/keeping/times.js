// Days and times as the desk writes and reads them, by the clock of a zone and not of the browser.

import { day } from '../../format.js';
import { language } from '../../i18n.js';

/**
 * A time with its day, and with its year unless that is this one.
 * @param {string | Date} instant
 * @param {string} zone
 */
export function when(instant, zone) {
  const then = new Date(instant);
  const isThisYear = day(then, zone).slice(0, 4) === day(new Date(), zone).slice(0, 4);
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { timeZone: zone, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(!isThisYear && { year: 'numeric' }) };
  return new Intl.DateTimeFormat(language, form).format(then);
}

/**
 * A day such as `2026-11-29`, for a reader.
 * @param {string} date
 */
export function dayText(date) {
  return new Intl.DateTimeFormat(language, { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(`${date}T00:00:00Z`));
}

/**
 * What a field of date and time holds for an instant, such as `2026-11-29T20:15`.
 * @param {string | Date} instant
 * @param {string} zone
 */
export function localOf(instant, zone) {
  const form = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return form.format(new Date(instant)).replace(' ', 'T');
}

/**
 * The instant at which the clocks there show that.
 * @param {string} local such as `2026-11-29T20:15`
 * @param {string} zone
 * @returns {string} in UTC
 */
export function instantOf(local, zone) {
  const wanted = Date.parse(`${local}:00Z`);
  let guess = wanted;
  // Twice, since the offset may be another one on the other side of the guess.
  for (let step = 0; step < 2; step += 1) guess -= Date.parse(`${localOf(new Date(guess), zone)}:00Z`) - wanted;
  return new Date(guess).toISOString().replace('.000', '');
}
