// What to say of a refusal, and at which field. The service's own sentences about fields are English and for programmers, so
// that each code has words of its own here; a code without any is said in the service's words.

import { Failure, sentence } from '../../api.js';
import { language, named, t } from '../../i18n.js';

/** @typedef {import('./types').FieldProblem} FieldProblem */
/** @typedef {Record<string, string>} Meanings what a code (`conflict`) or a status (`404`) means here, for the reader */

/**
 * @param {unknown} error
 * @param {Meanings} [meanings]
 * @returns {{fields: [field: string, sentence: string][], rest: string}} rest is what concerns no field
 */
export function faults(error, meanings = {}) {
  if (!(error instanceof Failure) || error.isOffline) return { fields: [], rest: sentence(error) };
  const { code, status, problem } = error;
  const meant = meanings[code] ?? meanings[status];
  if (meant) return { fields: [], rest: meant };
  const wrong = problem?.errors ?? [];
  const fields = wrong.map((/** @type {FieldProblem} */ one) => /** @type {[string, string]} */ ([one.field, about(one)]));
  if (fields.length > 0) return { fields, rest: '' };
  return { fields, rest: general(error) };
}

/** @param {Failure} error */
function general(error) {
  if (error.code === 'revisionStale') return t('fault.stale');
  if (error.status === 403) return t('fault.refused');
  if (error.status === 404) return t('fault.gone');
  return sentence(error);
}

/**
 * What is wrong with one field.
 * @param {FieldProblem} problem
 */
export function about({ field, code, message }) {
  // What a page of ours found is a sentence already.
  if (code === 'said') return message;
  const own = `${field.split('.').at(-1)}.${code}`;
  const said = named('fault', own);
  if (said !== own) return said;
  const any = named('fault', code);
  if (any !== code) return any;
  return language === 'en' ? `${t('fault.other')} (${message})` : `${t('fault.other')}（${message}）`;
}
