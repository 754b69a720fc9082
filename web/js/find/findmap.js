// The map of Find: where somebody is, what was found, all others as clusters. A tap looks from there.

import { el } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { showClusters } from '../map/clusters.js';
import { makeMap, mark } from '../map/map.js';

/** @typedef {import('../types').Place} Place */
/** @typedef {import('../types').NearToilet} NearToilet */
/** @typedef {import('leaflet').Map} LeafletMap */

/** So many of the nearest are in sight. */
const IN_SIGHT = 4;

/** @type {Promise<LeafletMap> | undefined} */
let making;
/** @type {import('leaflet').Marker[]} */
let marks = [];
/** @type {string} */
let shown = '';

/**
 * @param {HTMLElement} element
 * @param {Place | null} place
 * @param {NearToilet[]} found
 * @param {(place: Place) => void} chosen somebody tapped on the map
 */
export async function findMap(element, place, found, chosen) {
  making ??= make(element, place, chosen);
  const map = await making;
  map.invalidateSize();
  const best = found[0];
  const key = `${place?.latitude} ${place?.longitude} ${best?.id}`;
  if (!place || key === shown) return;
  shown = key;
  for (const one of marks) one.remove();
  marks = [await mark(place, { tone: 'here', size: 22, title: t('where.here') })];
  if (best?.position) marks.push(await mark(best.position, { tone: 'best', size: 30, title: nameOf(best), label: nameOf(best) }));
  for (const one of marks) one.addTo(map);
  marks[1]?.on('click', () => best && open(best.id));
  if (best?.position) {
    const seen = [place, ...found.slice(0, IN_SIGHT).flatMap(({ position }) => (position ? [position] : []))];
    map.fitBounds(seen.map(({ latitude, longitude }) => /** @type {[number, number]} */ ([latitude, longitude])), { padding: [60, 60], maxZoom: 16 });
  } else {
    map.setView([place.latitude, place.longitude], 14);
  }
}

/** @type {(element: HTMLElement, place: Place | null, chosen: (place: Place) => void) => Promise<LeafletMap>} */
async function make(element, place, chosen) {
  const map = await makeMap(element, place ? { middle: place, zoom: 15 } : {});
  element.append(el('p', { class: 'maptip' }, t('map.tap')));
  map.on('click', ({ latlng }) => chosen({ latitude: latlng.lat, longitude: latlng.lng, from: 'map' }));
  await showClusters(map, open);
  return map;
}

/** @param {number} id */
function open(id) {
  history.pushState(null, '', `/toilets/${id}`);
  dispatchEvent(new PopStateEvent('popstate'));
}
