// Where else to go while a toilet is closed.

import { el, show } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { metres } from '../../format.js';
import { t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { faults } from '../keeping/faults.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../../types').NearToilet} NearToilet */

/** How many others are named to whoever stands before a closed one. */
const OTHERS = 3;

/**
 * Where else to go, as whoever stands before it is told.
 * @param {HTMLElement} place
 * @param {Desk} desk
 * @param {Toilet} toilet
 */
export async function elsewhere(place, desk, toilet) {
  if (place.childElementCount > 0) {
    show(place);
    return;
  }
  show(place, el('p', { class: 'quiet small' }, t('loading')));
  try {
    /** @type {{items: NearToilet[]}} */
    const { items } = await desk.get('/toilets/nearest', { ...toilet.position, crs: settings.crs, limit: OTHERS + 1 });
    show(place, alternatives(items.filter(({ id }) => id !== toilet.id).slice(0, OTHERS)));
  } catch (error) {
    show(place, el('p', { class: 'note bad' }, faults(error).rest));
  }
}

/** @param {NearToilet[]} items */
export function alternatives(items) {
  if (items.length === 0) return el('p', { class: 'quiet small' }, t('outages.nowhere'));
  return el('ul', { class: 'keep-alternatives' }, items.map((one) => el('li', {}, el('a', { href: `/toilets/${one.id}`, target: '_blank' }, nameOf(one)),
    el('span', { class: 'quiet small' }, ` ${metres(one.distance)}`))));
}
