// A photo that shows a grade, such as one of the certificate: sent before the record that names it.

import { newId } from '../../staff/ids.js';

/** @typedef {import('../types').Desk} Desk */

/** What was sent already, so that a form that is sent again sends no photo twice. @type {WeakMap<File, string>} */
const sent = new WeakMap();

/**
 * Sends the photo that was chosen.
 * @param {Desk} desk
 * @param {HTMLInputElement} input
 * @returns {Promise<{evidence?: string}>} its id; nothing where none was chosen
 */
export async function sendEvidence(desk, input) {
  const file = input.files?.[0];
  if (!file) return {};
  const known = sent.get(file);
  if (known) return { evidence: known };
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  const body = new FormData();
  const id = newId();
  body.set('id', id);
  body.set('sha256', Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
  body.set('file', file);
  await desk.ask('POST', '/photos', { body });
  sent.set(file, id);
  return { evidence: id };
}
