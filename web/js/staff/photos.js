// Photos: made small on the device, kept until the service has them, sent after the record that shows them.

import { Failure, sentence } from '../api.js';
import { language } from '../i18n.js';
import { newId } from './ids.js';
import { changed, entries, isWaiting, keepPhoto, stateOf } from './queue.js';
import { allOf } from './store.js';

/** @typedef {import('./types').KeptPhoto} KeptPhoto */

/** The longer side of what is sent, in pixels. */
const SIDE = 1920;
const QUALITY = 0.82;
/** A file below this, in bytes, that is small enough is sent as it is. */
const SMALL = 600000;
/** What the service takes, in bytes, and of which kinds. */
const MOST = 8 * 1024 * 1024 - 4096;
const KINDS = ['image/jpeg', 'image/png', 'image/webp'];
/** How many a record may name. */
export const MOST_PHOTOS = 9;

/**
 * Keeps a picture for a record.
 * @param {File} file
 * @param {string} person
 * @param {string} record
 * @returns {Promise<string | null>} its id; null where it is no picture that the service would take
 */
export async function take(file, person, record) {
  const picture = await smaller(file).catch(() => file);
  if (picture.size > MOST || !KINDS.includes(picture.type)) return null;
  const bytes = await picture.arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const id = newId();
  await keepPhoto({ id, person, record, type: picture.type, bytes, sha256, sent: false });
  return id;
}

/**
 * The same picture upright and not larger than need be.
 * @param {File} file
 * @returns {Promise<Blob>}
 */
async function smaller(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size <= SMALL && KINDS.includes(file.type)) {
    bitmap.close();
    return file;
  }
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture'))), 'image/jpeg', QUALITY);
  });
}

/**
 * A picture to be looked at, from what is kept; the caller gives its address back.
 * @param {KeptPhoto} photo
 */
export function picture(photo) {
  return photo.bytes ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : null;
}

/**
 * The photos of somebody, by record.
 * @param {string} person
 * @returns {Promise<Map<string, KeptPhoto[]>>}
 */
export async function photosByRecord(person) {
  /** @type {KeptPhoto[]} */
  const all = await allOf('photos', person);
  /** @type {Map<string, KeptPhoto[]>} */
  const found = new Map();
  for (const photo of all) found.set(photo.record, [...(found.get(photo.record) ?? []), photo]);
  return found;
}

/**
 * Sends the photos of what is on record.
 * @param {string} person
 * @param {(work: () => Promise<boolean>) => Promise<boolean | null>} asThem does something under their login alone; null where it is not theirs
 * @returns {Promise<boolean>} whether all of it was tried
 */
export async function sendPhotos(person, asThem) {
  const records = await entries(person);
  const onRecord = new Set(records.filter((entry) => !isWaiting(entry) && stateOf(entry) !== 'refused').map(({ id }) => id));
  /** @type {KeptPhoto[]} */
  const all = await allOf('photos', person);
  const waiting = all.filter((photo) => !photo.sent && !photo.refused && photo.bytes && onRecord.has(photo.record));
  for (const photo of waiting) {
    if ((await asThem(() => sendOne(photo))) === null) return false;
    changed();
  }
  return true;
}

/** @param {KeptPhoto} photo */
async function sendOne(photo) {
  const form = new FormData();
  form.set('id', photo.id);
  form.set('sha256', photo.sha256);
  form.set('file', new File([/** @type {ArrayBuffer} */ (photo.bytes)], 'photo', { type: photo.type }));
  const response = await fetch('/api/v1/photos', {
    method: 'POST', body: form, credentials: 'same-origin', signal: AbortSignal.timeout(120000),
    headers: { Accept: 'application/json', 'Accept-Language': language },
  }).catch(() => {
    throw new Failure(0, null, 0);
  });
  if (response.ok) {
    await keepPhoto({ ...photo, bytes: null, sent: true });
    return true;
  }
  const problem = await response.json().catch(() => null);
  const failure = new Failure(response.status, problem, Number(response.headers.get('Retry-After') ?? 0) || 0);
  if (![400, 409, 413, 415, 422].includes(response.status)) throw failure;
  await keepPhoto({ ...photo, refused: sentence(failure) });
  return false;
}
