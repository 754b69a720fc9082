// What came out, in figures and lists.

import { address } from '../../api.js';
import { el } from '../../dom.js';
import { metres, percent } from '../../format.js';
import { language, t } from '../../i18n.js';
import { act, empty, figure, row, rows, section } from '../keeping/look.js';
import { when } from '../keeping/times.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../keeping/types').LayoutReport} LayoutReport */
/** @typedef {import('../../types').Position} Position */

const WHOLE = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const AREA = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });

/**
 * How much is served, now and with what is proposed.
 * @param {Desk} desk
 * @param {LayoutReport} report
 */
export function sums(desk, report) {
  const { covered, demand, toilets, unsure, places, radius, at } = report;
  const isArea = report.area !== undefined;
  const share = (/** @type {{share?: number, shareByWeight?: number} | undefined} */ of) => (isArea ? of?.share : of?.shareByWeight);
  const of = isArea ? t('layout.ofArea', { n: squareKilometres(report, covered.points), of: squareKilometres(report, demand.points) })
    : t('layout.ofPoints', { n: WHOLE.format(covered.points), of: WHOLE.format(demand.points) });
  const [before, after] = [share(covered), share(places.at(-1)?.covered)];
  return el('section', { class: 'card keep-figures' },
    figure(before === undefined ? '—' : percent(before), t('layout.covered', { radius: metres(radius) }), of),
    figure(WHOLE.format(toilets), t('layout.toilets'), unsure > 0 ? t('layout.unsure', { n: unsure }) : when(at, desk.zone)),
    after !== undefined && figure(percent(after), t('layout.after', { n: places.length })));
}

/**
 * The proposed places and the gaps.
 * @param {LayoutReport} report
 * @param {(place: Position) => void} showAt shows a place on the map
 */
export function findings(report, showAt) {
  const { gaps, places } = report;
  const gain = (/** @type {{points: number, weight: number}} */ much) => (report.area === undefined
    ? t('layout.gainPoints', { n: WHOLE.format(much.points), weight: WHOLE.format(much.weight) }) : t('layout.gain', { n: squareKilometres(report, much.points) }));
  return el('div', { class: 'keep-findings' },
    section(t('layout.proposed'), places.length, places.length === 0 ? empty(t('layout.noPlaces')) : rows(places.map((place, rank) => row({
      title: `${rank + 1}. ${place.name ?? coordinates(place)}`, facts: [gain(place.gain), place.name && coordinates(place)],
      actions: [act(t('layout.onMap'), String(rank + 1), () => showAt(place))],
    }, { 'data-place': rank + 1 })))),
    section(t('layout.gaps'), gaps.length, gaps.length === 0 ? empty(t('layout.noGaps')) : el('details', {}, el('summary', {}, t('layout.showGaps')), rows(gaps.map((gap) => row({
      title: gap.name ?? coordinates(gap), facts: [gap.metres !== undefined && t('layout.away', { distance: metres(gap.metres) })],
      actions: [act(t('layout.onMap'), gap.name ?? coordinates(gap), () => showAt(gap))],
    }))))));
}

/**
 * How it was worked out, and a file of it.
 * @param {LayoutReport} report
 * @param {import('../../api.js').Params | null} download what to ask for as a file; null where there is none
 */
export function after(report, download) {
  return el('div', { class: 'keep-after' }, el('p', { class: 'quiet small' }, t('layout.method', { bound: percent(report.method.bound) })),
    download && el('p', { class: 'row' }, el('a', { class: 'button', href: address('/reports/layout.geojson', download), download: 'layout.geojson' }, t('layout.download'))));
}

/**
 * How large so many squares of the grid are.
 * @param {LayoutReport} report
 * @param {number} squares
 */
function squareKilometres({ spacing = 0 }, squares) {
  return AREA.format((squares * spacing * spacing) / 1e6);
}

/** @param {{latitude: number, longitude: number}} place */
function coordinates({ latitude, longitude }) {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
