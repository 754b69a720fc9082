// What is due at a toilet on a day, as the service works it out: exceptions and holidays are in it. Nothing is worked out here.

import { sentence } from '../../api.js';
import { el, show } from '../../dom.js';
import { t } from '../../i18n.js';
import { slotRow } from '../today/slots.js';

/** @typedef {import('../types').Desk} Desk */

/**
 * @param {Desk} desk
 * @param {number} toilet
 * @param {string} date
 */
export function slotsOn(desk, toilet, date) {
  const place = el('div', { role: 'status', class: 'quiet' }, t('loading'));
  /** @type {Promise<import('../types').DeskSlots>} */ (desk.get(`/toilets/${toilet}/slots`, { from: date, to: date })).then(({ items, zone }) => {
    show(place, items.length === 0 ? el('p', { class: 'quiet' }, t('plans.nothingDue')) : el('ul', { class: 'slots' }, items.map((slot) => slotRow(slot, zone, new Date(), new Date(slot.at)))));
    place.classList.remove('quiet');
  }).catch((error) => show(place, el('p', { class: 'note bad' }, sentence(error))));
  return place;
}

/**
 * The sentences of a plan, template or exception in the reader's language.
 * @param {{description: string[], descriptionEn: string[]}} record
 */
export function sentences(record) {
  const lines = document.documentElement.lang === 'en' ? record.descriptionEn : record.description;
  return el('ul', { class: 'plan-lines small' }, lines.map((line) => el('li', {}, line)));
}
