// Choosing where to look by name: towns and villages. Where one is follows from its toilets, or from those of its town.

import { all, get, sentence } from '../api.js';
import { sheet } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').Area} Area */
/** @typedef {import('../types').Place} Place */
/** @typedef {import('../types').Toilet} Toilet */

/** @param {(place: Place) => void} chosen */
export async function choosePlace(chosen) {
  const list = el('div', { class: 'places' });
  const input = el('input', { type: 'search', placeholder: t('places.search'), 'aria-label': t('places.search'), autocomplete: 'off' });
  const dialog = sheet(t('where.byName'), el('p', { class: 'field' }, input), list);
  const take = (/** @type {Area} */ area) => go(area, dialog, chosen, list);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending;
  const fill = async () => {
    const q = input.value.trim();
    try {
      const areas = await all('/areas', q ? { q, level: ['county', 'town', 'village'] } : { level: ['town'] }, 200);
      show(list, areas.length > 0 ? areas.map((area) => option(area, take)) : el('p', { class: 'quiet' }, t('places.none')));
    } catch (error) {
      show(list, el('p', { class: 'note', role: 'alert' }, sentence(error)));
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(pending);
    pending = setTimeout(fill, 250);
  });
  await fill();
}

/**
 * @param {Area} area
 * @param {(area: Area) => void} take
 */
function option(area, take) {
  return el('button', { type: 'button', 'data-area': area.code, onclick: () => take(area) }, area.name);
}

/**
 * @param {Area} area
 * @param {HTMLDialogElement} dialog
 * @param {(place: Place) => void} chosen
 * @param {HTMLElement} list
 */
async function go(area, dialog, chosen, list) {
  try {
    const middle = (await middleOf(area.code)) ?? (area.parent ? await middleOf(area.parent) : null);
    if (!middle) {
      show(list, el('p', { class: 'note', role: 'alert' }, t('places.nowhere')));
      return;
    }
    dialog.close();
    chosen({ ...middle, label: area.name, from: 'list' });
  } catch (error) {
    show(list, el('p', { class: 'note', role: 'alert' }, sentence(error)));
  }
}

/**
 * The middle of the toilets of an area; nothing where it has none.
 * @param {string} code
 * @returns {Promise<import('../types').Position | null>}
 */
async function middleOf(code) {
  /** @type {{items: Toilet[]}} */
  const { items } = await get('/toilets', { area: code, crs: settings.crs, limit: 100 });
  const places = items.flatMap((toilet) => (toilet.position ? [toilet.position] : []));
  if (places.length === 0) return null;
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { latitude: mean(places.map((place) => place.latitude)), longitude: mean(places.map((place) => place.longitude)) };
}
