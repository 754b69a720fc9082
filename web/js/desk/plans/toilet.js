// The plans of one toilet: the versions, what is due tomorrow, and a plan of its own.

import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { day } from '../../format.js';
import { t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { shifted } from '../figures/span.js';
import { entry, filled, form } from '../keeping/form.js';
import { empty, head, section } from '../keeping/look.js';
import { previewer, sentences, slotsOn } from './preview.js';
import { FIRST, windowsEditor } from './window.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').Plan} Plan */
/** @typedef {import('../../types').Toilet} Toilet */

/**
 * @param {Desk} desk
 * @param {number} id
 * @returns {Promise<[Toilet, Plan[]]>}
 */
async function read(desk, id) {
  /** @type {[Toilet, {items: Plan[]}]} */
  const [toilet, { items }] = await Promise.all([desk.get(`/toilets/${id}`, { crs: settings.crs }), desk.get(`/toilets/${id}/plans`)]);
  return [toilet, items];
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id
 */
export async function toiletPlans(root, desk, id) {
  const [toilet, plans] = await read(desk, id);
  const today = day(new Date(), toilet.zone);
  const tomorrow = shifted(today, 1);
  const actions = desk.may('editPlan') ? [el('a', { class: 'button main', href: `#plans/toilet/${id}/edit` }, t('plans.ownPlan')), el('a', { class: 'button', href: `#plans/exception/${id}` }, t('plans.newException'))] : [];
  const version = (/** @type {Plan} */ plan) => section(versionTitle(plan, today), null, sentences(plan));
  show(root, el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(nameOf(toilet), t('plans.toiletLead'), ...actions),
    section(t('plans.dueTomorrow', { date: tomorrow }), null, slotsOn(desk, id, tomorrow)),
    ...(plans.length > 0 ? [...plans].reverse().map(version) : [section(t('plans.versions'), null, empty(t('plans.noPlan')))]));
}

/**
 * @param {Plan} plan
 * @param {string} today
 */
function versionTitle(plan, today) {
  const state = plan.from > today ? 'plans.ahead' : plan.to !== undefined && plan.to < today ? 'plans.past' : 'plans.present';
  return t('plans.version', { n: plan.version, state: t(state) });
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id
 */
export async function editPlan(root, desk, id) {
  const [toilet, plans] = await read(desk, id);
  const today = day(new Date(), toilet.zone);
  const tomorrow = shifted(today, 1);
  const windows = windowsEditor(plans.find(({ from, to }) => from <= tomorrow && (!to || to >= tomorrow))?.windows ?? [FIRST]);
  const made = form({
    fields: [windows.element, el('div', { class: 'window-line' }, entry(t('plans.from'), el('input', { name: 'from', type: 'date', value: tomorrow, min: today, title: t('plans.notPast'), required: true }), t('plans.fromHow')), entry(t('plans.to'), el('input', { name: 'to', type: 'date' }), t('plans.toHow'))),
      previewer(desk, (given) => ({ toilet: id, body: { ...filled(given, ['from', 'to']), windows: windows.read() } }))],
    submit: t('plans.savePlan'),
    send: async (given, key) => {
      const body = { ...filled(given, ['from', 'to']), windows: windows.read() };
      await desk.ask('POST', `/toilets/${id}/plans`, { body, key: key(body) });
      toast(t('plans.savedPlan'));
      desk.go('plans', 'toilet', id);
    },
    meanings: { conflict: t('plans.opened') },
  });
  show(root, el('a', { href: `#plans/toilet/${id}`, class: 'back-link' }, nameOf(toilet)), head(t('plans.ownTitle', { name: nameOf(toilet) }), t('plans.ownLead')), made);
}
