// A plain ground: the outlines of areas where the register has them, otherwise how far the toilets of a town reach, and the
// towns' names.

import { all, get } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';
import { hull } from './hull.js';
import { leaflet } from './leaflet.js';

/** @typedef {import('leaflet').Map} LeafletMap */
/** @typedef {import('../types').Area} Area */
/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {[latitude: number, longitude: number]} Corner */

const IS_DARK = matchMedia('(prefers-color-scheme: dark)').matches;
const COLOURS = IS_DARK
  ? ['#26332b', '#2d3328', '#253232', '#332f27', '#2a302c', '#28332a']
  : ['#e1eddf', '#ebeedb', '#e0ecea', '#efecdf', '#e6ebe4', '#e9f0e6'];
/** Below the squares, which are where tiles would be. */
const PANE = 'ground';
/** Names of towns are drawn from here on, and not so near that they would lie beside what they name. */
const NAMES_FROM = 10;

/**
 * @param {LeafletMap} map
 * @param {HTMLElement} element
 * @param {boolean} isWhole whether the map is to show all of it
 */
export async function drawGround(map, element, isWhole) {
  const L = await leaflet();
  map.createPane(PANE).style.zIndex = '150';
  const Squares = L.GridLayer.extend({ createTile: () => el('div', { class: 'square' }) });
  map.addLayer(new Squares());
  element.append(el('p', { class: 'whose' }, t('map.ground')));
  const grounds = await towns().catch(() => []);
  const group = L.featureGroup().addTo(map);
  const names = L.layerGroup();
  grounds.forEach(({ area, rings, isDrawn }, place) => {
    const colour = COLOURS[place % COLOURS.length] ?? '';
    const style = { pane: PANE, color: isDrawn ? '#8fa697' : colour, weight: isDrawn ? 1.5 : 26, fillColor: colour, fillOpacity: 1, opacity: 1, lineJoin: /** @type {const} */ ('round'), interactive: false };
    const shape = L.polygon(rings, style).addTo(group);
    const icon = L.divIcon({ html: el('span', {}, area.name), className: 'town', iconSize: [0, 0] });
    const bounds = shape.getBounds();
    // Above the few toilets of a town, but within its outline: above that lies another town.
    const at = isDrawn ? shape.getCenter() : L.latLng(bounds.getNorth(), bounds.getCenter().lng);
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(names);
  });
  const label = () => (map.getZoom() >= NAMES_FROM ? names.addTo(map) : names.remove());
  map.on('zoomend', label);
  if (grounds.length > 0 && isWhole) map.fitBounds(group.getBounds(), { padding: [24, 24] });
  label();
}

/**
 * The towns of the register and where they are drawn.
 * @returns {Promise<{area: Area, rings: Corner[][], isDrawn: boolean}[]>}
 */
async function towns() {
  const areas = await all('/areas', { level: ['town'] }, 60);
  const found = await Promise.all(areas.map(async (/** @type {Area} */ area) => {
    const outline = await outlineOf(area);
    if (outline.length > 0) return { area, rings: outline, isDrawn: true };
    return { area, rings: [await reachOf(area)], isDrawn: false };
  }));
  return found.filter(({ rings }) => rings.some((ring) => ring.length > 0));
}

/**
 * @param {Area} area
 * @returns {Promise<Corner[][]>}
 */
async function outlineOf(area) {
  /** @type {Area} */
  const whole = await get(`/areas/${encodeURIComponent(area.code)}`, { outline: 'simple', crs: settings.crs });
  return (whole.outline?.coordinates ?? []).flatMap((part) => part.slice(0, 1).map((ring) => ring.map(turned)));
}

/** @param {number[]} corner as GeoJSON writes it, longitude first
 * @returns {Corner} */
function turned(corner) {
  return [corner[1] ?? 0, corner[0] ?? 0];
}

/**
 * @param {Area} area
 * @returns {Promise<Corner[]>}
 */
async function reachOf(area) {
  const asked = get('/toilets', { area: area.code, crs: settings.crs, limit: 100 });
  const places = await asked.then((/** @type {{items: Toilet[]}} */ { items }) => items.flatMap(({ position }) => position ?? []), () => copied(area));
  return hull(places.map(({ latitude, longitude }) => /** @type {Corner} */ ([latitude, longitude])));
}

/**
 * Where the toilets of a town are by the copy, which names only the areas that they are registered in: those of villages
 * begin with that of their town.
 * @param {Area} area
 * @returns {Promise<import('../types').Position[]>}
 */
async function copied(area) {
  const { copy } = await import('../offline/copy.js');
  const bundle = (await copy())?.bundle;
  const items = bundle?.items.filter((item) => item.area !== undefined && bundle.areas[item.area]?.code.startsWith(area.code)) ?? [];
  return items.flatMap(({ latitude, longitude }) => (latitude !== undefined && longitude !== undefined ? [{ latitude, longitude }] : []));
}
