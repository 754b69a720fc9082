// The map of Find: where somebody is, what was found, all others as clusters. A tap looks from there.

import { el } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { showClusters } from '../map/clusters.js';
import { makeMap, mark } from '../map/map.js';

/** @typedef {import('../types').Place} Place */
/** @typedef {import('../types').NearToilet} NearToilet */
/** @typedef {import('./search.js').Found} Found */
/** @typedef {import('leaflet').Map} LeafletMap */

/** So many of the nearest are in sight. */
const IN_SIGHT = 4;

/** @type {Promise<{map: LeafletMap, renew: () => Promise<void>}> | undefined} */
let making;
/** @type {import('leaflet').Marker[]} */
let marks = [];
/** What the marks were drawn for. */
let shown = '';
/** @type {number | undefined} */
let bestId;

/**
 * @param {HTMLElement} element
 * @param {Place | null} place
 * @param {Found | null} found
 * @param {(place: Place) => void} chosen somebody tapped on the map
 */
export async function findMap(element, place, found, chosen) {
  const toilets = found?.items ?? [];
  bestId = toilets[0]?.id;
  making ??= make(element, place, chosen);
  const { map, renew } = await making;
  map.invalidateSize();
  const key = `${place?.latitude} ${place?.longitude} ${bestId}`;
  if (!place || key === shown) return;
  shown = key;
  for (const one of marks) one.remove();
  // Without a network there are no clusters to show the others.
  const [best, ...others] = await Promise.all(toilets.slice(0, found?.copied ? toilets.length : 1).map(toiletMark));
  marks = [await mark(place, { tone: 'here', size: 22, title: t('where.here') }), ...(best ? [best] : []), ...others];
  for (const one of marks) one.addTo(map);
  const seen = [place, ...toilets.slice(0, IN_SIGHT).flatMap(({ position }) => (position ? [position] : []))];
  map.fitBounds(seen.map(({ latitude, longitude }) => /** @type {[number, number]} */ ([latitude, longitude])), { padding: [60, 60], maxZoom: 16, animate: false });
  // Another has a marker of its own now.
  await renew();
}

/**
 * @param {NearToilet} toilet
 * @param {number} rank
 */
async function toiletMark(toilet, rank) {
  const name = nameOf(toilet);
  const made = await mark(toilet.position ?? { latitude: 0, longitude: 0 }, { tone: rank === 0 ? 'best' : '', size: rank === 0 ? 30 : 24, title: name, label: name });
  return made.on('click', () => open(toilet.id));
}

/** @type {(element: HTMLElement, place: Place | null, chosen: (place: Place) => void) => Promise<{map: LeafletMap, renew: () => Promise<void>}>} */
async function make(element, place, chosen) {
  const map = await makeMap(element, place ? { middle: place, zoom: 15 } : {});
  element.append(el('p', { class: 'maptip' }, t('map.tap')));
  map.on('click', ({ latlng }) => chosen({ latitude: latlng.lat, longitude: latlng.lng, from: 'map' }));
  return { map, renew: await showClusters(map, open, () => bestId) };
}

/** @param {number} id */
function open(id) {
  history.pushState(null, '', `/toilets/${id}`);
  dispatchEvent(new PopStateEvent('popstate'));
}
