// The toilets on a map, those that are near together as one marker with their number.

import { get } from '../api.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';
import { leaflet } from './leaflet.js';
import { mark } from './map.js';

/** @typedef {import('leaflet').Map} LeafletMap */
/** @typedef {import('../types').Cluster} Cluster */

/** From here on the names of single toilets have room. */
const LABELS_FROM = 14.5;

/**
 * Shows them, and those of each part of the map that comes into sight.
 * @param {LeafletMap} map
 * @param {(id: number) => void} opened a toilet was pressed
 * @param {() => number | undefined} [but] a toilet that has a marker of its own
 * @returns {Promise<() => Promise<void>>} shows them anew
 */
export async function showClusters(map, opened, but = () => undefined) {
  const L = await leaflet();
  const group = L.layerGroup().addTo(map);
  let turn = 0;
  const load = async () => {
    const mine = (turn += 1);
    const clusters = await seen(map).catch(() => null);
    if (!clusters || mine !== turn) return;
    const markers = await Promise.all(clusters.filter(({ id }) => id !== but()).map((cluster) => marker(map, cluster, opened)));
    if (mine !== turn) return;
    group.clearLayers();
    for (const one of markers) one.addTo(group);
  };
  map.on('moveend', load);
  await load();
  return load;
}

/**
 * @param {LeafletMap} map
 * @returns {Promise<Cluster[]>}
 */
async function seen(map) {
  const bounds = map.getBounds();
  const limit = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  const bbox = [limit(bounds.getWest(), 180), limit(bounds.getSouth(), 90), limit(bounds.getEast(), 180), limit(bounds.getNorth(), 90)];
  /** @type {{items: Cluster[]}} */
  const { items } = await get('/map/clusters', { bbox, crs: settings.crs, zoom: Math.round(map.getZoom()) });
  return items;
}

/**
 * @param {LeafletMap} map
 * @param {Cluster} cluster
 * @param {(id: number) => void} opened
 */
async function marker(map, cluster, opened) {
  const isOne = cluster.count === 1;
  const title = isOne ? cluster.name ?? '' : t('map.cluster', { n: cluster.count, usable: cluster.usable });
  const tone = cluster.usable === 0 ? 'none' : '';
  const size = isOne ? 24 : Math.min(52, 34 + Math.round(Math.log2(cluster.count) * 3));
  const label = isOne && map.getZoom() >= LABELS_FROM ? title : '';
  const made = await mark(cluster.position, { text: isOne ? '' : String(cluster.count), tone, size, title, label });
  const [west, south, east, north] = cluster.bbox;
  made.on('click', () => (isOne ? opened(cluster.id) : map.fitBounds([[south, west], [north, east]], { maxZoom: 18, padding: [40, 40] })));
  return made;
}
