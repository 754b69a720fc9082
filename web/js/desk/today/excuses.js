// Excuses: why something could not be done. One person asks, another decides.

import { choice } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { clock } from '../../format.js';
import { named, t } from '../../i18n.js';
import { entry, filled, formSheet } from '../keeping/form.js';
import { act, row, rows, section } from '../keeping/look.js';
import { toiletsOf } from '../keeping/pick.js';
import { stateOf } from './standing.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {{id: number, toilet: number, slot: string, slotAt: string, reason: string, note?: string, askedBy: string}} Excuse */

const REASONS = ['water', 'repair', 'event', 'weather', 'other'];

/**
 * The slots of a toilet for which somebody may want to be excused.
 * @param {DeskSlot[]} slots
 * @param {Date} now
 */
export function excusable(slots, now) {
  return slots.filter((slot) => ['missed', 'overdue', 'open'].includes(stateOf(slot, now)));
}

/**
 * Asks for slots to be excused.
 * @param {Desk} desk
 * @param {Toilet} toilet
 * @param {DeskSlot[]} slots
 */
export function askExcuse(desk, toilet, slots) {
  const reason = choice('reason', REASONS.map((name) => [name, named('reason', name)]));
  reason.required = true;
  const boxes = slots.map(({ key }) => el('input', { type: 'checkbox', value: key, checked: true }));
  formSheet(t('excuse.title', { name: nameOf(toilet) }), {
    fields: [
      el('fieldset', {}, el('legend', {}, t('excuse.which')), el('div', { class: 'ticks' }, slots.map((slot, place) => el('label', {}, boxes[place], el('span', {}, `${slot.time} ${named('task', slot.task)}`))))),
      entry(t('excuse.reason'), reason),
      entry(t('excuse.note'), el('textarea', { name: 'note', rows: 2, maxlength: 1000 })),
    ],
    submit: t('excuse.ask'),
    send: async (given, key) => {
      const body = { slots: boxes.filter((box) => box.checked).map((box) => box.value), ...filled(given, ['reason', 'note']) };
      await desk.ask('POST', '/excuses', { body, key: key(body) });
      toast(t('excuse.asked'));
    },
    meanings: { conflict: t('excuse.already') },
  });
}

/**
 * Shows what waits for a decision; nothing where nothing does, or where the reader decides nothing.
 * @param {Desk} desk
 * @param {HTMLElement} place
 */
export async function showExcuses(desk, place) {
  if (!desk.may('decideExcuse')) return;
  /** @type {Excuse[]} */
  const open = await desk.all('/excuses', { state: 'open' });
  const toilets = await toiletsOf(desk, open.map(({ toilet }) => toilet));
  if (desk.signal.aborted) return;
  const line = (/** @type {Excuse} */ excuse) => {
    const toilet = toilets.get(excuse.toilet);
    const name = toilet ? nameOf(toilet) : `#${excuse.toilet}`;
    const isOwn = excuse.askedBy === desk.me.id;
    const button = (/** @type {boolean} */ approved) => act(t(approved ? 'excuse.approve' : 'excuse.refuse'), name, () => decide(desk, excuse, name, approved, place));
    return row({
      title: name, facts: [clock(excuse.slotAt, toilet?.zone ?? desk.zone), named('reason', excuse.reason), isOwn && t('excuse.own')], note: excuse.note,
      actions: isOwn ? [] : [button(true), button(false)],
    }, { 'data-excuse': excuse.id });
  };
  show(place, open.length > 0 && section(t('excuse.waiting'), open.length, rows(open.map(line))));
}

/**
 * @param {Desk} desk
 * @param {Excuse} excuse
 * @param {string} name
 * @param {boolean} approved
 * @param {HTMLElement} place
 */
function decide(desk, { id, slotAt, reason }, name, approved, place) {
  formSheet(t(approved ? 'excuse.approve' : 'excuse.refuse'), {
    fields: [el('p', {}, `${name} · ${clock(slotAt, desk.zone)} · ${named('reason', reason)}`), el('p', { class: 'quiet' }, t(approved ? 'excuse.approveWhat' : 'excuse.refuseWhat')),
      entry(t('excuse.answer'), el('input', { name: 'answer', maxlength: 1000 }))],
    submit: t(approved ? 'excuse.approve' : 'excuse.refuse'),
    send: async (given) => {
      const { etag } = await desk.ask('GET', `/excuses/${id}`);
      await desk.ask('PUT', `/excuses/${id}/decision`, { body: { approved, ...filled(given, ['answer']) }, ...(etag && { ifMatch: etag }) });
      toast(t(approved ? 'excuse.approved' : 'excuse.refused'));
      await showExcuses(desk, place);
    },
    meanings: { conflict: t('excuse.decided') },
  });
}
