// One toilet's day, in a sheet: each slot with its time and how it came out.

import { sheet } from '../../dialog.js';
import { el } from '../../dom.js';
import { cleaned, nameOf, state } from '../../facts.js';
import { clock } from '../../format.js';
import { named, t } from '../../i18n.js';
import { askExcuse, excusable } from './excuses.js';
import { stateOf } from './standing.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../../types').Toilet} Toilet */

/** @type {Record<string, string>} */
const TONES = { doneOnTime: 'good', doneLate: 'doubt', overdue: 'doubt', missed: 'bad' };

/**
 * @param {Desk} desk
 * @param {Toilet} toilet
 * @param {DeskSlot[]} slots
 */
export function openSlots(desk, toilet, slots) {
  const now = new Date();
  const said = state(toilet, now);
  const late = excusable(slots, now);
  const to = (/** @type {string} */ href, /** @type {string} */ text) => el('a', { class: 'button', href, onclick: () => dialog.close() }, text);
  const dialog = sheet(nameOf(toilet),
    el('p', { class: 'row' }, el('span', { class: `tag ${said.tone}` }, said.text), el('span', { class: 'quiet small' }, toilet.area?.name ?? '', ' ', cleaned(toilet, now))),
    el('h3', { class: 'sheet-part' }, t('slots.today')),
    slots.length === 0 ? el('p', { class: 'quiet' }, t('slots.none')) : el('ul', { class: 'slots' }, slots.map((slot) => slotRow(slot, toilet.zone, now))),
    el('p', { class: 'row sheet-ways' }, el('a', { class: 'button', href: `/toilets/${toilet.id}` }, t('slots.page')),
      desk.may('readPlans') && to(`#plans/toilet/${toilet.id}`, t('slots.plan')), desk.may('closeToilet') && to(`#outages/${toilet.id}`, t('slots.outage')),
      desk.may('askExcuse') && late.length > 0 && el('button', { class: 'button', type: 'button', onclick: () => { dialog.close(); askExcuse(desk, toilet, late); } }, t('excuse.button'))));
}

/**
 * @param {DeskSlot} slot
 * @param {string} zone
 * @param {Date} now
 * @param {Date} [seen] the day from which times are told; today if left out
 */
export function slotRow(slot, zone, now, seen = now) {
  const stands = stateOf(slot, now);
  const about = slot.doneAt ? t('slots.doneAt', { time: clock(slot.doneAt, zone, seen) }) : t('slots.window', { opens: clock(slot.opens, zone, seen), due: clock(slot.due, zone, seen) });
  return el('li', {}, el('strong', { class: 'numbers' }, slot.time), el('span', { class: 'slot-what' }, named('task', slot.task), el('span', { class: 'quiet small' }, about, slot.syncedLate && ` · ${t('slots.syncedLate')}`)),
    el('span', { class: `tag ${TONES[stands] ?? ''}` }, named('slot', stands)));
}
