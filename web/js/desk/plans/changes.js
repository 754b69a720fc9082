// What an exception would change on the first day on which it changes anything, as the service works it out.

import { el, show } from '../../dom.js';
import { t } from '../../i18n.js';
import { clear, place } from '../keeping/form.js';
import { dayText } from '../keeping/times.js';
import { slotList } from './preview.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').ExceptionPreview} ExceptionPreview */

/**
 * A button of a form that shows it.
 * @param {Desk} desk
 * @param {(given: FormData) => object} body what is in mind, from what stands in the form
 */
export function changesLook(desk, body) {
  const seen = el('div', { role: 'status' });
  const look = el('button', { class: 'button', type: 'button' }, t('plans.changes'));
  look.addEventListener('click', async () => {
    const form = /** @type {HTMLFormElement} */ (look.form);
    look.disabled = true;
    clear(form);
    try {
      /** @type {import('../../api.js').Answer<ExceptionPreview>} */
      const { body: preview } = await desk.ask('POST', '/exceptions/preview', { body: body(new FormData(form)) });
      show(seen, ...told(preview));
    } catch (error) {
      place(form, seen, error);
    }
    look.disabled = false;
  });
  const element = el('div', { class: 'plan-preview' }, el('p', { class: 'row' }, look), seen);
  // What is shown is of what stood in the form then.
  return { element, forget: () => show(seen) };
}

/** @param {ExceptionPreview} preview */
function told({ toilets, more, day, cancelled, added, items, slots }) {
  const first = items[0];
  if (!day || !first || !slots) return [el('p', { class: 'note' }, t(toilets === 0 ? 'plans.changesNobody' : 'plans.changesNothing', { of: toilets }))];
  return [
    el('p', { class: 'note' }, t('plans.changesWhat', { day: dayText(day), n: items.length, of: toilets, cancelled, added }), more && ` ${t('plans.changesMore', { n: toilets })}`),
    items.length > 1 && el('details', {}, el('summary', {}, t('plans.changesWhere', { n: items.length })),
      el('ul', { class: 'plan-lines small' }, items.map((one) => el('li', { 'data-changed': one.toilet }, one.name, ' ', el('span', { class: 'quiet numbers' }, t('plans.changesOne', { cancelled: one.cancelled, added: one.added })))))),
    el('h3', {}, t('plans.changesThen', { name: first.name, day: dayText(day) })), slotList(slots.items, slots.zone),
  ];
}
