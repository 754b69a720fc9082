// The parts of the board.

import { el } from '../dom.js';
import { nameOf, state } from '../facts.js';
import { ago, clock, day, percent } from '../format.js';
import { language, named, t } from '../i18n.js';

/** @typedef {import('../types').Area} Area */
/** @typedef {import('../types').Toilet} Toilet */

/**
 * @param {Area} area
 * @param {boolean} isLive
 * @param {Date} now
 */
export function title(area, isLive, now) {
  const time = new Intl.DateTimeFormat(language, { weekday: 'long', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now);
  return el('header', { class: 'title' }, el('h1', {}, t('board.title', { area: area.name })),
    el('span', { class: isLive ? 'live small quiet' : 'live off small quiet' }, isLive ? t('board.live') : t('board.waiting')),
    el('time', { datetime: now.toISOString() }, time));
}

/**
 * @param {Toilet[]} toilets
 * @param {Date} now
 */
export function sums(toilets, now) {
  const inUse = toilets.filter((toilet) => toilet.status === 'inService' || toilet.status === 'closed');
  const isToday = (/** @type {Toilet} */ toilet) => {
    const at = toilet.cleaning?.lastCleanedAt;
    return at !== undefined && day(new Date(at), toilet.zone) === day(now, toilet.zone);
  };
  const rates = inUse.flatMap((toilet) => toilet.cleaning?.onTimeRate30d ?? []);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const closed = toilets.filter((toilet) => toilet.outage).length;
  return el('section', { class: 'sums', 'aria-label': t('board.sums') },
    sum(inUse.length, t('board.toilets')), sum(toilets.filter((toilet) => toilet.open?.now).length, t('board.open'), 'good'),
    sum(inUse.filter(isToday).length, t('board.cleanedToday'), 'good'),
    sum(rates.length > 0 ? percent(mean) : '—', t('board.rate')), sum(closed, t('board.closed'), closed > 0 ? 'bad' : ''));
}

/**
 * @param {number | string} value
 * @param {string} label
 * @param {string} [tone]
 */
function sum(value, label, tone = '') {
  return el('div', { class: `card ${tone}` }, el('strong', {}, value), el('span', { class: 'quiet' }, label));
}

/**
 * The closures that are open, with their reasons.
 * @param {Toilet[]} toilets
 * @param {Date} now
 */
export function closures(toilets, now) {
  const closed = toilets.filter((toilet) => toilet.outage);
  return el('section', { class: 'card closures' }, el('h2', {}, t('board.closures')),
    closed.length === 0 ? el('p', { class: 'quiet' }, t('board.noClosures')) : el('ul', {}, closed.map((toilet) => closure(toilet, now))));
}

/**
 * @param {Toilet} toilet
 * @param {Date} now
 */
function closure(toilet, now) {
  const { reason = 'other', from = '', until, expectedUntil } = toilet.outage ?? {};
  const back = until ?? expectedUntil;
  return el('li', {}, el('strong', {}, nameOf(toilet)), el('span', { class: 'tag bad' }, named('reason', reason)),
    el('span', { class: 'quiet small' }, t('board.since', { time: clock(from, toilet.zone, now) }), back && ` · ${t('board.until', { time: clock(back, toilet.zone, now) })}`));
}

/**
 * @param {Toilet[]} toilets
 * @param {Date} now
 * @param {number | undefined} fresh
 */
export function table(toilets, now, fresh) {
  const heads = ['board.toilet', 'board.state', 'board.line', 'board.last', 'board.onTime'];
  const head = el('tr', {}, heads.map((key) => el('th', { scope: 'col' }, t(/** @type {import('../types').Word} */ (key)))));
  return el('section', { class: 'card toilets' }, el('table', {}, el('caption', { class: 'small quiet' }, t('board.all')), el('thead', {}, head),
    el('tbody', {}, toilets.map((toilet) => row(toilet, now, toilet.id === fresh)))));
}

/**
 * @param {Toilet} toilet
 * @param {Date} now
 * @param {boolean} isFresh
 */
function row(toilet, now, isFresh) {
  const said = state(toilet, now);
  const { lastCleanedAt, onTimeRate30d } = toilet.cleaning ?? {};
  const line = [toilet.operator?.name, toilet.contact].filter(Boolean).join(' ');
  const cell = (/** @type {import('../types').Word} */ key, /** @type {string | Node} */ text) => el('td', { 'data-head': t(key) }, text);
  return el('tr', { 'data-toilet': toilet.id, class: isFresh ? 'fresh' : null },
    el('th', { scope: 'row' }, el('a', { href: `/toilets/${toilet.id}` }, nameOf(toilet))),
    cell('board.state', el('span', { class: `tag ${said.tone}` }, said.text)),
    cell('board.line', line || '—'),
    cell('board.last', lastCleanedAt ? ago(lastCleanedAt, now) : '—'),
    cell('board.onTime', onTimeRate30d === undefined ? '—' : percent(onTimeRate30d)));
}
