// The report on the map: how far each toilet serves, where new ones would help, and where the gaps are.

import { el } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { metres } from '../../format.js';
import { t } from '../../i18n.js';
import { leaflet } from '../../map/leaflet.js';
import { makeMap, mark } from '../../map/map.js';
import { settings } from '../../settings.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../keeping/types').LayoutReport} LayoutReport */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../../types').Area} Area */
/** @typedef {import('./demand.js').Point} Point */

const SERVED = { color: '#07823f', weight: 1, fillColor: '#07c160', fillOpacity: 0.25, interactive: false };
const WANTED = { color: '#1463b3', weight: 1.5, dashArray: '5 4', fillColor: '#1463b3', fillOpacity: 0.12, interactive: false };

/** How near a place is looked at. */
const NEAR = 15;

/**
 * Answers what shows a place on it.
 * @param {HTMLElement} place
 * @param {Desk} desk
 * @param {LayoutReport} report
 * @param {{area: string | null, points: Point[], isNow: boolean}} asked
 */
export async function layoutMap(place, desk, report, { area, points, isNow }) {
  const [L, toilets, outline] = await Promise.all([leaflet(), desk.toilets(), area ? outlineOf(desk, area) : []]);
  const map = await makeMap(place);
  desk.signal.addEventListener('abort', () => map.remove());
  const shape = L.polygon(outline, { color: '#5b6b61', weight: 2, fill: false, interactive: false }).addTo(map);
  const seen = L.latLngBounds([]);
  if (outline.length > 0) seen.extend(shape.getBounds());
  const serving = toilets.filter((toilet) => toilet.position && (isNow ? isUsable(toilet) : toilet.status === 'inService'));
  for (const toilet of serving) circle(L, map, toilet.position ?? { latitude: 0, longitude: 0 }, isNow ? report.radius : 0, SERVED, nameOf(toilet));
  for (const point of points) {
    seen.extend([point.latitude, point.longitude]);
    L.circleMarker([point.latitude, point.longitude], { radius: 4, color: '#5b6167', weight: 1, fillOpacity: 0.8 }).bindTooltip(el('span', {}, point.name)).addTo(map);
  }
  for (const [rank, one] of report.places.entries()) {
    seen.extend([one.latitude, one.longitude]);
    circle(L, map, one, report.radius, WANTED, '');
    const title = t('layout.placeNamed', { n: rank + 1 });
    (await mark(one, { text: String(rank + 1), tone: 'here', size: 28, title })).addTo(map);
  }
  for (const gap of report.gaps) L.circleMarker([gap.latitude, gap.longitude], { radius: 6, color: '#b3261e', weight: 2, fillOpacity: 0.2 })
    .bindTooltip(el('span', {}, gap.metres === undefined ? t('layout.gap') : t('layout.away', { distance: metres(gap.metres) }))).addTo(map);
  if (seen.isValid()) map.fitBounds(seen, { padding: [16, 16] });
  place.append(legend(isNow));
  return (/** @type {import('../../types').Position} */ { latitude, longitude }) => {
    map.setView([latitude, longitude], NEAR);
    place.scrollIntoView({ block: 'nearest' });
  };
}

/** @param {boolean} isNow */
function legend(isNow) {
  const line = (/** @type {string} */ look, /** @type {string} */ text) => el('li', {}, el('i', { class: `keep-dot ${look}`, 'aria-hidden': 'true' }), text);
  return el('ul', { class: 'keep-legend small' }, line('served', t(isNow ? 'layout.served' : 'layout.inService')), line('wanted', t('layout.proposed')), line('gap', t('layout.gaps')));
}

/**
 * How far something serves, and where it stands.
 * @param {import('../../map/leaflet.js').Leaflet} L
 * @param {import('leaflet').Map} map
 * @param {import('../../types').Position} position
 * @param {number} radius
 * @param {import('leaflet').PathOptions} style
 * @param {string} name
 */
function circle(L, map, { latitude, longitude }, radius, style, name) {
  if (radius > 0) L.circle([latitude, longitude], { ...style, radius }).addTo(map);
  if (name) L.circleMarker([latitude, longitude], { radius: 3, color: '#05753b', weight: 1, fillOpacity: 1 }).bindTooltip(el('span', {}, name)).addTo(map);
}

/** @param {Toilet} toilet whether somebody from the street could use it now */
function isUsable({ status, open, access }) {
  return status === 'inService' && (open?.now ?? true) && access !== 'private';
}

/**
 * @param {Desk} desk
 * @param {string} code
 * @returns {Promise<[number, number][][]>}
 */
async function outlineOf(desk, code) {
  /** @type {Area} */
  const area = await desk.get(`/areas/${encodeURIComponent(code)}`, { outline: 'simple', crs: settings.crs });
  return (area.outline?.coordinates ?? []).flatMap((part) => part.slice(0, 1).map((ring) => ring.map((corner) => /** @type {[number, number]} */ ([corner[1] ?? 0, corner[0] ?? 0]))));
}
