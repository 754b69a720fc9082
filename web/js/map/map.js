// A map: on the configured tiles, or on a plain ground of our own that needs no network. Its datum is that of the page.

import { el } from '../dom.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';
import { leaflet } from './leaflet.js';

/** @typedef {import('leaflet').Map} LeafletMap */
/** @typedef {import('../types').Position} Position */

/**
 * @param {HTMLElement} element what it fills; it must have a height
 * @param {{middle?: Position, zoom?: number}} [view] the whole register if left out
 * @returns {Promise<LeafletMap>}
 */
export async function makeMap(element, { middle, zoom = 15 } = {}) {
  const L = await leaflet();
  const inner = el('div');
  element.append(inner);
  const map = L.map(inner, { attributionControl: false, zoomControl: false, minZoom: 4, maxZoom: 19, zoomSnap: 0.5 });
  L.control.zoom({ position: 'bottomright', zoomInTitle: t('map.in'), zoomOutTitle: t('map.out') }).addTo(map);
  L.control.scale({ imperial: false, position: 'bottomleft' }).addTo(map);
  // Somewhere, before anything may be drawn.
  map.setView(middle ? [middle.latitude, middle.longitude] : [35, 105], middle ? zoom : 4);
  if (settings.tiles) {
    L.tileLayer(settings.tiles.url, { maxZoom: 19 }).addTo(map);
    if (settings.tiles.attribution) element.append(el('p', { class: 'whose' }, settings.tiles.attribution));
  } else {
    const { drawGround } = await import('./ground.js');
    const drawn = drawGround(map, element, !middle);
    // Who knows where to look does not wait for what lies below.
    if (!middle) await drawn;
  }
  return map;
}

/**
 * A marker that shows a text or nothing, in a colour of `css/map.css`, with or without a label below.
 * @param {Position} position
 * @param {{text?: string, tone?: string, size?: number, title?: string, label?: string}} look
 */
export async function mark(position, { text = '', tone = '', size = 22, title = '', label = '' }) {
  const L = await leaflet();
  const icon = L.divIcon({ html: el('div', {}, text, label && el('span', { class: 'label' }, label)), className: `mark ${tone}`, iconSize: [size, size] });
  const marker = L.marker([position.latitude, position.longitude], { icon, title, alt: title, keyboard: title !== '' });
  // Drawn by Leaflet as a button, which needs a name.
  marker.on('add', () => marker.getElement()?.setAttribute('aria-label', title));
  return marker;
}
