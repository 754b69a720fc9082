// The card of the records: how each stands, and why.

import { el } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { isWaiting, putAway, stateOf } from './queue.js';
import { condition, send } from './sending.js';
import { doneAt, photosTold, reasons, tasksTold, told } from './tell.js';

/** @typedef {import('./types').Entry} Entry */
/** @typedef {import('./types').KeptPhoto} KeptPhoto */
/** @typedef {import('./types').Person} Person */

/** As many as are shown before one asks for more. */
const FIRST = 12;
let isAllShown = false;

/**
 * @param {Person} person
 * @param {Entry[]} records
 * @param {Map<string, KeptPhoto[]>} photos
 */
export function recordsCard(person, records, photos) {
  // What needs the person's eye stands first.
  const rank = (/** @type {Entry} */ entry) => (stateOf(entry) === 'refused' ? 0 : isWaiting(entry) ? 1 : 2);
  const sorted = [...records].sort((one, other) => rank(one) - rank(other) || other.madeAt - one.madeAt);
  const shown = isAllShown ? sorted : sorted.slice(0, Math.max(FIRST, sorted.filter((entry) => rank(entry) < 2).length));
  const list = el('ul', {}, shown.map((entry) => row(entry, photos.get(entry.id) ?? [])));
  return [
    el('div', { class: 'card-head' }, el('h2', {}, t('records.title'))),
    ...summary(person, records, photos),
    records.length === 0 ? el('p', { class: 'quiet' }, t('records.empty')) : list,
    shown.length < sorted.length && el('button', { class: 'plain', type: 'button', 'data-focus': 'all-records', onclick: (/** @type {Event} */ event) => {
      isAllShown = true;
      list.append(...sorted.slice(shown.length).map((entry) => row(entry, photos.get(entry.id) ?? [])));
      /** @type {HTMLElement} */ (event.currentTarget).remove();
    } }, t('records.all', { n: sorted.length })),
  ];
}

/**
 * @param {Person} person
 * @param {Entry[]} records
 * @param {Map<string, KeptPhoto[]>} photos
 */
function summary(person, records, photos) {
  const n = records.filter(isWaiting).length;
  const pictures = [...photos.values()].flat().filter((photo) => !photo.sent && !photo.refused && records.some((entry) => entry.id === photo.record && stateOf(entry) !== 'refused')).length;
  if (n + pictures === 0) return [];
  const { condition: how, why } = condition();
  const count = n > 0 ? t('records.waiting', { n }) : t('records.photos', { n: pictures });
  const because = how === 'failed' ? why : how === 'idle' ? '' : t(`sending.${how}`);
  return [el('div', { class: 'sync' }, el('p', {}, el('strong', {}, count), because && el('span', { class: 'quiet small' }, because)),
    how !== 'sending' && how !== 'signedOut' && how !== 'otherPerson' && el('button', { class: 'button', type: 'button', 'data-focus': 'send', onclick: () => send(person.id) }, t('records.send')))];
}

/**
 * @param {Entry} entry
 * @param {KeptPhoto[]} photos
 */
function row(entry, photos) {
  const said = told(entry);
  const why = reasons(entry);
  const refusals = photos.flatMap(({ refused }) => (refused ? [t('photos.refused', { why: refused })] : []));
  const isEnded = stateOf(entry) === 'refused' || refusals.length > 0;
  return el('li', { class: 'record', 'data-record': entry.id, 'data-state': stateOf(entry) },
    el('div', { class: 'line' }, el('span', { class: 'name' }, nameOf(entry.toilet)), el('span', { class: `tag ${said.tone}` }, said.text)),
    el('p', { class: 'quiet small' }, [doneAt(entry), tasksTold(entry.event.tasks), photosTold(photos)].filter(Boolean).join(' · ')),
    [...why, ...refusals].map((sentence) => el('p', { class: stateOf(entry) === 'refused' || refusals.includes(sentence) ? 'small why bad' : 'small why' }, sentence)),
    isEnded && !isWaiting(entry) && el('button', { class: 'button', type: 'button', 'data-focus': `away-${entry.id}`, onclick: () => putAway(entry.id) }, t('records.putAway')));
}
