// Leaflet, loaded when a map is first wanted and not before: it is larger than all the rest.

import { el } from '../dom.js';
import { WEB } from '../settings.js';

/** @typedef {typeof import('leaflet')} Leaflet */

/** @type {Promise<Leaflet> | undefined} */
let loading;

/** @returns {Promise<Leaflet>} */
export function leaflet() {
  loading ??= load();
  return loading;
}

async function load() {
  await Promise.all([
    arrived(el('link', { rel: 'stylesheet', href: `${WEB}vendor/leaflet/leaflet.css` })),
    arrived(el('script', { src: `${WEB}vendor/leaflet/leaflet.js` })),
  ]);
  // Ours comes after theirs, which it changes.
  await arrived(el('link', { rel: 'stylesheet', href: `${WEB}css/map.css` }));
  return /** @type {any} */ (globalThis).L;
}

/** @param {HTMLElement} element */
function arrived(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => reject(new TypeError('a module did not load')));
    document.head.append(element);
  });
}
