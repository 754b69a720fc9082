// What came out, in figures and lists.

import { address } from '../../api.js';
import { el } from '../../dom.js';
import { metres, percent } from '../../format.js';
import { language, t } from '../../i18n.js';
import { empty, figure, row, rows, section } from '../keeping/look.js';
import { when } from '../keeping/times.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../keeping/types').LayoutReport} LayoutReport */

const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

/**
 * @param {Desk} desk
 * @param {LayoutReport} report
 * @param {import('../../api.js').Params | null} download what to ask for as a file; null where there is none
 */
export function findings(desk, report, download) {
  const { covered, demand, toilets, unsure, gaps, places, radius } = report;
  const share = report.area === undefined ? covered.shareByWeight : covered.share;
  const of = t(report.area === undefined ? 'layout.ofPoints' : 'layout.ofSquares', { n: WHOLE.format(covered.points), of: WHOLE.format(demand.points) });
  const then = places.at(-1)?.covered;
  const after = report.area === undefined ? then?.shareByWeight : then?.share;
  return el('div', { class: 'keep-findings' },
    el('section', { class: 'card keep-figures' },
      figure(share === undefined ? '—' : percent(share), t('layout.covered', { radius: metres(radius) }), of),
      figure(WHOLE.format(toilets), t('layout.toilets'), unsure > 0 ? t('layout.unsure', { n: unsure }) : when(report.at, desk.zone)),
      after !== undefined && figure(percent(after), t('layout.after', { n: places.length }))),
    section(t('layout.proposed'), places.length, places.length === 0 ? empty(t('layout.noPlaces')) : rows(places.map((place, rank) => row({
      title: `${rank + 1}. ${place.name ?? coordinates(place)}`,
      facts: [t('layout.gain', { n: WHOLE.format(report.area === undefined ? place.gain.weight : place.gain.points) }), place.name && coordinates(place)],
    }, { 'data-place': rank + 1 })))),
    section(t('layout.gaps'), gaps.length, gaps.length === 0 ? empty(t('layout.noGaps')) : el('details', {}, el('summary', {}, t('layout.showGaps')), rows(gaps.map((gap) => row({
      title: gap.name ?? coordinates(gap), facts: [gap.metres !== undefined && t('layout.away', { distance: metres(gap.metres) })],
    }))))),
    el('p', { class: 'quiet small' }, t('layout.method', { bound: percent(report.method.bound) })),
    download && el('p', { class: 'row' }, el('a', { class: 'button', href: address('/reports/layout.geojson', download), download: 'layout.geojson' }, t('layout.download'))));
}

/** @param {{latitude: number, longitude: number}} place */
function coordinates({ latitude, longitude }) {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
