// What became of a record, in words.

import { ago, clock } from '../format.js';
import { named, t } from '../i18n.js';
import { stateOf } from './queue.js';

/** @typedef {import('./types').Entry} Entry */
/** @typedef {import('./types').EntryState} EntryState */
/** @typedef {import('./types').KeptPhoto} KeptPhoto */
/** @typedef {import('../facts.js').Said} Said */

/** The zone of this device: whoever cleans stands where the toilet is. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @type {Record<EntryState, Said['tone']>} */
const TONES = { waiting: 'doubt', sending: 'doubt', onRecord: 'good', flagged: 'good', refused: 'bad' };

/**
 * @param {Entry} entry
 * @returns {Said}
 */
export function told(entry) {
  const state = stateOf(entry);
  return { text: named('record', state), tone: TONES[state] };
}

/**
 * Why it stands so, a sentence each.
 * @param {Entry} entry
 * @returns {string[]}
 */
export function reasons(entry) {
  const { outcome } = entry;
  if (!outcome) return [];
  if (outcome.status === 'created' || outcome.status === 'replayed') {
    return (outcome.cleaning?.flags ?? []).map((flag) => named('flag', flag));
  }
  const faults = outcome.errors ?? [];
  const part = (/** @type {string} */ field) => named('part', field.split(/[.[]/)[0] ?? field);
  if (outcome.code === 'differs') return [t('refused.differs', { parts: faults.map(({ field }) => part(field)).join(t('comma')) })];
  // What is wrong with a field the service says in its own words; of all else the sentence tells enough.
  return [named('refused', outcome.code), ...(outcome.code === 'invalid' ? faults.map(({ field, message }) => `${part(field)}${t('colon')}${message}`) : [])];
}

/**
 * @param {KeptPhoto[]} photos
 * @returns {string} nothing where there are none
 */
export function photosTold(photos) {
  if (photos.length === 0) return '';
  const sent = photos.filter((photo) => photo.sent).length;
  return sent === photos.length ? t('photos.sent', { n: sent }) : t('photos.some', { sent, n: photos.length });
}

/**
 * When it was done: as the service has it, or by this device.
 * @param {Entry} entry
 */
export function doneAt(entry) {
  return clock(entry.outcome?.cleaning?.at ?? entry.event.finishedAt, ZONE);
}

/** @param {number} at by the device's clock */
export function since(at) {
  return ago(new Date(at));
}

/** @param {import('./types').Task[]} tasks */
export function tasksTold(tasks) {
  return tasks.map((task) => named('task', task)).join(t('comma'));
}
