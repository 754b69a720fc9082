// Closing a toilet, changing a closure, and saying what is thought of one.

import { choice } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { named, t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { entry, filled, form, formSheet, partSheet } from '../keeping/form.js';
import { toiletSearch } from '../keeping/pick.js';
import { instantOf, localOf } from '../keeping/times.js';
import { alternatives } from './others.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../outages.js').Seen} Seen */
/** @typedef {import('../keeping/types').OutageRecord} OutageRecord */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../../types').NearToilet} NearToilet */

const REASONS = ['repair', 'rebuilding', 'water', 'power', 'weather', 'event', 'sewage', 'cleaning', 'other'];

/**
 * @param {Desk} desk
 * @param {Toilet | null} toilet null: to be chosen first
 * @param {() => Promise<void>} again
 */
export function closeToilet(desk, toilet, again) {
  const place = el('div');
  const dialog = partSheet(t('outages.close'), place);
  const fill = (/** @type {Toilet} */ chosen) => show(place, el('p', { class: 'keep-chosen' }, el('strong', {}, nameOf(chosen)), chosen.area && el('span', { class: 'quiet' }, ` ${chosen.area.name}`)),
    closingForm(desk, chosen, async (others) => {
      show(place, el('p', { role: 'status' }, t('outages.closed', { name: nameOf(chosen) })), el('h3', {}, t('outages.others')), alternatives(others),
        el('p', { class: 'row' }, el('button', { class: 'button main', type: 'button', onclick: () => dialog.close() }, t('keep.done'))));
      await again();
    }));
  if (toilet) fill(toilet);
  else show(place, toiletSearch(desk, fill));
}

/**
 * @param {Desk} desk
 * @param {Toilet} toilet
 * @param {(others: NearToilet[]) => Promise<void>} closed
 */
function closingForm(desk, toilet, closed) {
  const fields = about(toilet.zone, null);
  return form({
    fields, submit: t('outages.close'), meanings: { conflict: t('outages.notInService') },
    send: async (given, key) => {
      const body = read(given, toilet.zone);
      /** @type {import('../../api.js').Answer<{alternatives: NearToilet[]}>} */
      const { body: made } = await desk.ask('POST', `/toilets/${toilet.id}/outages`, { body, key: key(body), params: { crs: settings.crs } });
      await closed(made.alternatives);
    },
  });
}

/**
 * The fields of a closure.
 * @param {string} zone
 * @param {OutageRecord | null} outage
 */
function about(zone, outage) {
  const reason = choice('reason', REASONS.map((value) => [value, named('reason', value)]));
  reason.required = true;
  if (outage) reason.value = outage.reason;
  const time = (/** @type {string} */ name, /** @type {string | undefined} */ value) =>
    el('input', { type: 'datetime-local', name, value: value ? localOf(value, zone) : null });
  const note = el('textarea', { name: 'note', rows: 3, maxlength: 1000 });
  note.value = outage?.note ?? '';
  return [
    entry(t('outages.reason'), reason),
    outage ? null : entry(t('outages.fromWhen'), time('from', undefined), t('outages.fromHint')),
    entry(t('outages.untilWhen'), time('until', outage?.until), t('outages.untilHint')),
    entry(t('outages.hopedWhen'), time('expectedUntil', outage?.expectedUntil), t('outages.hopedHint')),
    entry(t('outages.note'), note, t('outages.noteHint')),
  ];
}

/**
 * @param {FormData} given
 * @param {string} zone
 */
function read(given, zone) {
  const { reason, note, ...times } = filled(given, ['reason', 'note', 'from', 'until', 'expectedUntil']);
  const instants = Object.entries(times).map(([name, local]) => [name, instantOf(local, zone)]);
  return { reason, ...(note && { note }), ...Object.fromEntries(instants) };
}

/**
 * @param {Seen} seen
 * @param {OutageRecord} outage
 * @param {string} name
 */
export function changeOutage({ desk, toilets, again }, outage, name) {
  const zone = toilets.get(outage.toilet)?.zone ?? desk.zone;
  let { revision } = outage;
  formSheet(t('outages.changeTitle', { name }), {
    fields: about(zone, outage), submit: t('keep.save'), meanings: { revisionStale: t('outages.stale') },
    stale: async () => { revision = await revisionOf(desk, outage, revision); },
    send: async (given) => {
      const { reason, ...stated } = read(given, zone);
      // What was emptied is taken away.
      const body = { reason, until: null, expectedUntil: null, note: null, ...stated };
      await desk.ask('POST', `/toilets/${outage.toilet}/outages/${outage.id}`, { body, ifMatch: String(revision) });
      toast(t('keep.saved'));
      await again();
    },
  });
}

/**
 * Says what is thought of a closure that somebody else opened.
 * @param {Seen} seen
 * @param {OutageRecord} outage
 * @param {string} name
 * @param {'confirmed' | 'rejected'} state
 */
export function judge({ desk, again }, outage, name, state) {
  const agrees = state === 'confirmed';
  let { revision } = outage;
  formSheet(t(agrees ? 'outages.agree' : 'outages.disagree'), {
    fields: [el('p', {}, t(agrees ? 'outages.agreeWhat' : 'outages.disagreeWhat', { name }))],
    submit: t(agrees ? 'outages.agree' : 'outages.disagree'), isDangerous: !agrees, meanings: { revisionStale: t('outages.stale') },
    stale: async () => { revision = await revisionOf(desk, outage, revision); },
    send: async () => {
      await desk.ask('POST', `/toilets/${outage.toilet}/outages/${outage.id}`, { body: { state }, ifMatch: String(revision) });
      toast(t(agrees ? 'outages.agreed' : 'outages.disagreed', { name }));
      await again();
    },
  });
}

/**
 * At which revision the toilet stands now.
 * @param {Desk} desk
 * @param {OutageRecord} outage
 * @param {number} before
 */
async function revisionOf(desk, outage, before) {
  /** @type {{items: OutageRecord[]}} */
  const { items } = await desk.get(`/toilets/${outage.toilet}/outages`);
  return items.find(({ id }) => id === outage.id)?.revision ?? before;
}
