// What the page itself refuses before anything is sent, said in the place where the service's refusals are said.

import { Failure } from '../../api.js';

/** @param {string} sentence for the reader */
export function refusal(sentence) {
  return new Failure(422, { type: '', title: sentence, status: 422, detail: sentence, instance: '', code: 'said', requestId: '', errors: [] }, 0);
}
