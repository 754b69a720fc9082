// What a suggestion says fact by fact: what the register says now beside what is suggested, each with a tick.

import { el } from '../../dom.js';
import { language, t } from '../../i18n.js';

/** @typedef {import('../keeping/types').FieldChange} FieldChange */

/** Between what was and what is to be, in the sentences of the interface. */
const ARROW = ' → ';

/**
 * A change in words: of what, from what, to what.
 * @param {FieldChange} change
 * @returns {{label: string, now: string, then: string}}
 */
export function inWords(change) {
  const [label, text, colon] = language === 'en' ? [change.labelEn, change.textEn, ': '] : [change.label, change.text, '：'];
  const rest = text.slice(label.length + colon.length);
  const at = arrowIn(rest, change);
  return at < 0 ? { label, now: '', then: rest } : { label, now: rest.slice(0, at), then: rest.slice(at + ARROW.length) };
}

/**
 * Where the arrow between the two is: what somebody wrote may hold one of its own.
 * @param {string} text
 * @param {FieldChange} change
 */
function arrowIn(text, { from, to }) {
  if (typeof to === 'string' && text.endsWith(`${ARROW}${to}`)) return text.length - to.length - ARROW.length;
  if (typeof from === 'string' && text.startsWith(`${from}${ARROW}`)) return from.length;
  return text.indexOf(ARROW);
}

/**
 * The facts with a tick each; `without` tells which are left out by the reader.
 * @param {FieldChange[]} changes
 */
export function factTicks(changes) {
  const boxes = changes.map(({ field }) => el('input', { type: 'checkbox', value: field, checked: true }));
  const rows = changes.map((change, place) => {
    const { label, now, then } = inWords(change);
    const side = (/** @type {string} */ name, /** @type {string} */ text, look = '') => el('span', { class: `fact-side ${look}` }, el('span', { class: 'quiet small' }, name), el('span', { class: 'fact-said' }, text));
    return el('label', { class: 'fact', 'data-fact': change.field }, boxes[place], el('span', { class: 'fact-name' }, label),
      side(t('suggestions.now'), now), side(t('suggestions.then'), then, 'then'));
  });
  return {
    element: el('fieldset', { class: 'fact-list', 'data-field': 'without' }, el('legend', {}, t('suggestions.which')), ...rows, el('small', { class: 'wrong', hidden: true })),
    without: () => boxes.filter((box) => !box.checked).map((box) => box.value),
    isNone: () => boxes.every((box) => !box.checked),
  };
}
