// The figures of areas, bodies, persons or toilets, the best first by what their rate is at least; those of too few come last.

import { el } from '../../dom.js';
import { percent } from '../../format.js';
import { named, t } from '../../i18n.js';
import { lasting, rateCell, whole } from './said.js';

/** @typedef {import('../types').CleaningFigure} CleaningFigure */
/** @typedef {import('../types').CoverageFigure} CoverageFigure */
/** @typedef {import('./span.js').Asked} Asked */

const FIRST = 15;

/**
 * @param {CleaningFigure[]} items
 * @param {CoverageFigure[] | null} coverage null where there is none, as by person
 * @param {Asked['groupBy']} groupBy
 * @param {Map<number, string>} names of toilets
 * @param {boolean} isWhole
 * @param {() => void} more
 */
export function table(items, coverage, groupBy, names, isWhole, more) {
  const covered = new Map((coverage ?? []).map((one) => [one.of, one.coverage]));
  const sorted = [...items].sort((one, other) => (other.atLeast ?? -1) - (one.atLeast ?? -1) || other.n - one.n);
  const shown = isWhole ? sorted : sorted.slice(0, FIRST);
  const hasGaps = items.some(({ longestGap }) => longestGap);
  const head = [named('group', groupBy), t('figures.onTime'), t('figures.atLeast'), t('figures.lateRate'), t('figures.missedRate'), t('figures.verified'),
    ...(coverage ? [t('figures.coverage')] : []), ...(hasGaps ? [t('figures.gap')] : [])];
  return [
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('figures.table') }, el('table', { class: 'figures-table' },
      el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, shown.map((item) => row(item, coverage && covered.get(item.of), coverage !== null, hasGaps, groupBy, names))))),
    shown.length < sorted.length ? el('button', { class: 'plain', type: 'button', onclick: more }, t('today.all', { n: sorted.length })) : null,
  ];
}

/**
 * @param {CleaningFigure} item
 * @param {import('../types').Rate | undefined | null} coverage
 * @param {boolean} hasCoverage
 * @param {boolean} hasGaps
 * @param {Asked['groupBy']} groupBy
 * @param {Map<number, string>} names
 */
function row(item, coverage, hasCoverage, hasGaps, groupBy, names) {
  const name = item.name ?? (groupBy === 'toilet' && names.get(Number(item.of))) ?? item.of ?? t(groupBy === 'person' ? 'figures.nobody' : 'figures.unknown');
  const least = item.atLeast === undefined ? el('span', { class: 'tag' }, t('figures.tooFew', { n: item.n })) : el('span', { class: 'numbers' }, percent(item.atLeast));
  const { longestGap } = item;
  return el('tr', {}, el('th', { scope: 'row' }, name || ''), el('td', {}, rateCell(item.onTime)), el('td', {}, least), el('td', {}, rateCell(item.late)),
    el('td', {}, rateCell(item.missed)), el('td', {}, rateCell(item.verified)), hasCoverage && el('td', {}, rateCell(coverage ?? undefined)),
    hasGaps && el('td', {}, longestGap ? el('span', { class: 'rate' }, el('strong', { class: 'numbers' }, lasting(longestGap.minutes)), el('span', { class: 'quiet small' }, names.get(longestGap.toilet) ?? `#${longestGap.toilet}`)) : el('span', { class: 'quiet' }, t('figures.none'))));
}

/**
 * All together, in large numbers.
 * @param {CleaningFigure | undefined} item
 * @param {import('../types').Rate | undefined} coverage
 */
export function totals(item, coverage) {
  const tile = (/** @type {string} */ label, /** @type {import('../types').Rate | undefined} */ rate, tone = '') => el('div', { class: `figure-tile ${tone}` },
    el('span', { class: 'quiet small' }, label),
    rate?.value === undefined ? el('strong', { class: 'quiet' }, t('figures.none')) : el('strong', { class: 'numbers' }, percent(rate.value)),
    rate?.value !== undefined && el('span', { class: 'quiet small numbers' }, `${whole(rate.numerator)} / ${whole(rate.denominator)}`));
  return [
    tile(t('figures.onTime'), item?.onTime, 'good'), tile(t('figures.lateRate'), item?.late), tile(t('figures.missedRate'), item?.missed),
    tile(t('figures.excused'), item?.excused), tile(t('figures.verified'), item?.verified), tile(t('figures.proxy'), item?.proxy), tile(t('figures.coverage'), coverage),
  ];
}
