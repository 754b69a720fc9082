// The toilets of the desk on a map, coloured by how they stand. What colour says, a letter and the name of each say too.

import { el, show } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { named, t } from '../../i18n.js';
import { makeMap, mark } from '../../map/map.js';

/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('./standing.js').Standing} Standing */

/** @type {Partial<Record<Standing['state'], string>>} */
const SIGNS = { late: '!', missed: '×', closed: '–' };

/**
 * @param {HTMLElement} element
 * @param {(id: number) => void} opened
 */
export async function dayMap(element, opened) {
  const map = await makeMap(element).catch(() => null);
  if (!map) {
    show(element, el('p', { class: 'note' }, t('today.noMap')));
    return { draw: async () => undefined, focus: () => undefined };
  }
  /** @type {Map<number, {look: string, marker: import('leaflet').Marker}>} */
  const drawn = new Map();

  /**
   * Draws those that changed.
   * @param {Map<number, {toilet: Toilet, stands: Standing}>} shown
   */
  async function draw(shown) {
    for (const [id, { marker }] of drawn) {
      if (shown.has(id)) continue;
      marker.remove();
      drawn.delete(id);
    }
    for (const [id, { toilet, stands }] of shown) {
      const look = `${stands.state} ${nameOf(toilet)} ${toilet.position?.latitude} ${toilet.position?.longitude}`;
      if (!toilet.position || drawn.get(id)?.look === look) continue;
      const title = `${nameOf(toilet)} ${named('stands', stands.state)}`;
      const urgent = stands.state === 'late' || stands.state === 'missed';
      const marker = await mark(toilet.position, { tone: stands.state, size: urgent ? 24 : 18, text: SIGNS[stands.state] ?? '', title });
      drawn.get(id)?.marker.remove();
      marker.setZIndexOffset(urgent ? 1000 : 0).on('click', () => opened(id)).addTo(/** @type {import('leaflet').Map} */ (map));
      drawn.set(id, { look, marker });
    }
  }

  /** @param {Toilet[]} toilets shows where these are */
  function focus(toilets) {
    const places = toilets.flatMap(({ position }) => (position ? [/** @type {[number, number]} */ ([position.latitude, position.longitude])] : []));
    if (places.length > 0) map?.fitBounds(places, { padding: [32, 32], maxZoom: 15 });
  }
  return { draw, focus };
}
