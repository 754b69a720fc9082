// What is said of a toilet in a few words: its name, whether it can be used, what it has, how clean it is kept.

import { ago, clock } from './format.js';
import { language, named, t } from './i18n.js';

/** @typedef {import('./types').Toilet} Toilet */
/** @typedef {import('./types').Need} Need */
/** @typedef {{text: string, tone: 'good' | 'doubt' | 'bad' | ''}} Said */

/** @type {Need[]} */
export const FACILITIES = ['wheelchair', 'familyToilet', 'babyChanging', 'women', 'men', 'unisex', 'paper', 'handWashing', 'shower', 'drinkingWater'];

/** The tourist grades that carry an A. */
const A_GRADES = ['A', 'AA', 'AAA'];

/**
 * @param {{name: string, nameEn?: string | undefined}} toilet
 * @returns {string}
 */
export function nameOf(toilet) {
  return (language === 'en' && toilet.nameEn) || toilet.name;
}

/**
 * Whether it can be used, and until when.
 * @param {Toilet} toilet
 * @param {Date} [now]
 * @returns {Said}
 */
export function state(toilet, now = new Date()) {
  const { open, zone } = toilet;
  if (toilet.status === 'planned') return { text: t('state.planned'), tone: 'doubt' };
  if (toilet.status === 'retired') return { text: t('state.retired'), tone: 'bad' };
  if (toilet.outage) return { text: outage(toilet, now), tone: 'bad' };
  if (!open) return { text: t('state.unknown'), tone: 'doubt' };
  if (open.now) {
    return { text: open.until ? t('state.until', { time: clock(open.until, zone, now) }) : t('state.always'), tone: 'good' };
  }
  return { text: open.opensAt ? t('state.opens', { time: clock(open.opensAt, zone, now) }) : t('state.shut'), tone: '' };
}

/**
 * @param {Toilet} toilet one that is closed
 * @param {Date} now
 */
function outage(toilet, now) {
  const { reason = 'other', until, expectedUntil } = toilet.outage ?? {};
  const back = until ?? expectedUntil;
  const why = named('reason', reason);
  return back ? t('state.closedUntil', { why, time: clock(back, toilet.zone, now) }) : t('state.closed', { why });
}

/**
 * What it is known to have, the most asked for first.
 * @param {Toilet} toilet
 * @returns {Said[]}
 */
export function has(toilet) {
  /** @type {Said[]} */
  const said = [];
  if (toilet.fee === 'no') said.push({ text: t('free'), tone: '' });
  if (toilet.fee === 'yes') said.push({ text: t('paid'), tone: 'doubt' });
  const grade = toilet.grades?.find((record) => A_GRADES.includes(record.grade) && record.standing !== 'expired' && record.standing !== 'revoked');
  if (grade) said.push({ text: t('grade', { grade: grade.grade }), tone: '' });
  for (const facility of FACILITIES) {
    const fact = toilet.facilities?.[facility];
    if (facility === 'women' || facility === 'men' || !fact || fact === 'no') continue;
    const word = named('facility', facility);
    said.push({ text: fact === 'limited' ? t('limited', { what: word }) : word, tone: fact === 'limited' ? 'doubt' : '' });
  }
  return said;
}

/**
 * When it was cleaned last; nothing where that is not known.
 * @param {Toilet} toilet
 * @param {Date} [now]
 */
export function cleaned(toilet, now = new Date()) {
  const at = toilet.cleaning?.lastCleanedAt;
  return at ? t('cleaned', { ago: ago(at, now) }) : '';
}
