// What is due at a toilet on a day, as the service works it out: exceptions and holidays are in it. Nothing is worked out here.

import { sentence } from '../../api.js';
import { el, show } from '../../dom.js';
import { t } from '../../i18n.js';
import { place } from '../keeping/form.js';
import { slotRow } from '../today/slots.js';

/** @typedef {import('../types').Desk} Desk */

/**
 * @param {Desk} desk
 * @param {number} toilet
 * @param {string} date
 */
export function slotsOn(desk, toilet, date) {
  const shown = el('div', { role: 'status', class: 'quiet' }, t('loading'));
  /** @type {Promise<import('../types').DeskSlots>} */ (desk.get(`/toilets/${toilet}/slots`, { from: date, to: date })).then(({ items, zone }) => {
    show(shown, slotList(items, zone));
    shown.classList.remove('quiet');
  }).catch((error) => show(shown, el('p', { class: 'note bad' }, sentence(error))));
  return shown;
}

/**
 * @param {import('../types').DeskSlot[]} items
 * @param {string} zone
 */
export function slotList(items, zone) {
  if (items.length === 0) return el('p', { class: 'quiet' }, t('plans.nothingDue'));
  return el('ul', { class: 'slots' }, items.map((slot) => slotRow(slot, zone, new Date(), new Date(slot.at))));
}

/**
 * A button of a form that shows what is due on the first day of a plan that is not saved yet, worked out by the service.
 * @param {Desk} desk
 * @param {(given: FormData) => {toilet: number, body: object}} plan what is in mind, from what stands in the form
 */
export function previewer(desk, plan) {
  const seen = el('div', { role: 'status' });
  const look = el('button', { class: 'button', type: 'button' }, t('plans.preview'));
  look.addEventListener('click', async () => {
    const form = /** @type {HTMLFormElement} */ (look.form);
    look.disabled = true;
    try {
      const { toilet, body } = plan(new FormData(form));
      /** @type {import('../../api.js').Answer<import('../types').DeskSlots>} */
      const { body: { items, zone, from } } = await desk.ask('POST', `/toilets/${toilet}/plans/preview`, { body });
      show(seen, el('h3', {}, t('plans.dueOn', { date: from })), slotList(items.filter(({ date }) => date === from), zone),
        el('p', { class: 'small quiet' }, t('plans.week', { n: items.length })));
    } catch (error) {
      place(form, seen, error, { conflict: t('plans.opened') });
    }
    look.disabled = false;
  });
  return el('div', { class: 'plan-preview' }, el('p', { class: 'row' }, look), seen);
}

/**
 * The sentences of a plan, template or exception in the reader's language.
 * @param {{description: string[], descriptionEn: string[]}} record
 */
export function sentences(record) {
  const lines = document.documentElement.lang === 'en' ? record.descriptionEn : record.description;
  return el('ul', { class: 'plan-lines small' }, lines.map((line) => el('li', {}, line)));
}
