// Numbers and times as people read them.

import { language, t } from './i18n.js';

/** Ways on foot are longer than straight ones by about that much, and old people walk about so many metres a minute. */
const DETOUR = 1.25;
const METRES_A_MINUTE = 65;

const PLAIN = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });

/**
 * @param {number} value metres
 * @returns {string}
 */
export function metres(value) {
  if (value < 995) return t('metres', { n: value < 10 ? Math.round(value) : Math.round(value / 10) * 10 });
  return t('kilometres', { n: PLAIN.format(value < 10000 ? value / 1000 : Math.round(value / 1000)) });
}

/**
 * Minutes on foot for a straight distance.
 * @param {number} value metres
 */
export function walking(value) {
  const minutes = Math.max(1, Math.round((value * DETOUR) / METRES_A_MINUTE));
  return minutes > 90 ? '' : t('walk', { n: minutes });
}

/**
 * @param {number} share from 0 to 1
 */
export function percent(share) {
  return PERCENT.format(share);
}

/**
 * A time of the day where the toilet is, with its day unless that is today.
 * @param {string | Date} instant
 * @param {string} zone
 * @param {Date} [now]
 */
export function clock(instant, zone, now = new Date()) {
  const then = new Date(instant);
  const time = new Intl.DateTimeFormat(language, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(then);
  const days = Math.round((Date.parse(day(then, zone)) - Date.parse(day(now, zone))) / 86400000);
  if (days === 0) return time;
  if (days === 1) return t('tomorrow', { time });
  if (days === -1) return t('yesterday', { time });
  const date = new Intl.DateTimeFormat(language, { timeZone: zone, month: 'short', day: 'numeric' }).format(then);
  return `${date} ${time}`;
}

/**
 * The date there, such as `2026-11-29`.
 * @param {Date} instant
 * @param {string} zone
 */
export function day(instant, zone) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(instant);
}

/**
 * How long ago something was, roughly.
 * @param {string | Date} instant
 * @param {Date} [now]
 */
export function ago(instant, now = new Date()) {
  const minutes = Math.max(0, Math.round((now.getTime() - new Date(instant).getTime()) / 60000));
  if (minutes < 2) return t('ago.now');
  if (minutes < 60) return t('ago.minutes', { n: minutes });
  if (minutes < 48 * 60) return t('ago.hours', { n: Math.round(minutes / 60) });
  return t('ago.days', { n: Math.round(minutes / 1440) });
}
