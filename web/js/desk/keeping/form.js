// Forms that say what is wrong at the field that it concerns, and lose nothing that was typed.

import { Failure, newKey } from '../../api.js';
import { sheet } from '../../dialog.js';
import { el, show } from '../../dom.js';
import { t } from '../../i18n.js';
import { faults } from './faults.js';

/** @typedef {import('./faults.js').Meanings} Meanings */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * @typedef {object} Asked
 * @property {(HTMLElement | false | null | undefined | '')[]} fields
 * @property {string} submit the word on the button
 * @property {(given: FormData, key: (body: unknown) => string) => Promise<void>} send `key` names a request: the same for the same body
 * @property {Meanings} [meanings]
 * @property {() => Promise<void>} [stale] reads the record again, after somebody else changed it
 * @property {boolean} [isDangerous] it takes something away
 */

let count = 0;

/** The sheets of these parts: whoever leaves a part leaves its sheets. @type {Set<HTMLDialogElement>} */
const opened = new Set();
addEventListener('hashchange', () => {
  for (const dialog of opened) dialog.close();
});

/**
 * A sheet that is over when its part is left.
 * @param {string} title
 * @param {...(Node | string | null | false)} children
 */
export function partSheet(title, ...children) {
  const dialog = sheet(title, ...children);
  opened.add(dialog);
  dialog.addEventListener('close', () => {
    opened.delete(dialog);
    if (document.activeElement === document.body) toHeading();
  });
  return dialog;
}

/** What was pressed to open the sheet is gone once its line was drawn anew: whoever uses the keyboard goes on from the heading. */
function toHeading() {
  const heading = document.querySelector('.part h1');
  heading?.setAttribute('tabindex', '-1');
  if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
}

/**
 * A field with its label, and room for what is wrong with it.
 * @param {string} label
 * @param {Control} control
 * @param {string} [hint]
 */
export function entry(label, control, hint) {
  count += 1;
  const wrong = el('small', { class: 'wrong', id: `wrong-${count}`, hidden: true });
  const help = hint ? el('small', { class: 'quiet', id: `hint-${count}` }, hint) : null;
  control.setAttribute('aria-describedby', [help?.id, wrong.id].filter(Boolean).join(' '));
  const mark = control.required ? null : el('small', { class: 'quiet optional' }, t('keep.optional'));
  return el('label', { class: 'field', 'data-field': control.name }, el('span', {}, label, mark), control, help, wrong);
}

/** @param {Asked} asked */
export function form({ fields, submit, send, meanings, stale, isDangerous = false }) {
  const said = el('div', { class: 'said', role: 'alert' });
  const button = el('button', { class: isDangerous ? 'button main danger' : 'button main', type: 'submit' }, submit);
  const made = el('form', { class: 'keep-form', novalidate: true }, ...fields, said, el('p', { class: 'row' }, button));
  const key = keys();
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    show(said);
    clear(made);
    if (!isComplete(made)) return;
    button.disabled = true;
    try {
      await send(new FormData(made), key);
    } catch (error) {
      place(made, said, error, meanings);
      if (error instanceof Failure && error.code === 'revisionStale') await stale?.().catch(() => undefined);
    }
    button.disabled = false;
  });
  return made;
}

/**
 * A form in a sheet, which closes once it was taken. A press beside it closes it only while nothing was typed.
 * @param {string} title
 * @param {Asked} asked
 */
export function formSheet(title, asked) {
  const made = form({
    ...asked,
    send: async (given, key) => {
      await asked.send(given, key);
      dialog.close();
    },
  });
  const dialog = partSheet(title, made);
  let isTouched = false;
  made.addEventListener('input', () => { isTouched = true; });
  dialog.addEventListener('click', (event) => {
    if (isTouched && event.target === dialog) event.stopImmediatePropagation();
  }, true);
  return dialog;
}

/** One key for each body: whoever sends the same again sends it under the same name. */
export function keys() {
  let last = '';
  let key = newKey();
  return (/** @type {unknown} */ body) => {
    const now = JSON.stringify(body);
    if (last && now !== last) key = newKey();
    last = now;
    return key;
  };
}

/**
 * Says at each field what is wrong with it, and below what concerns none.
 * @param {HTMLElement} made
 * @param {HTMLElement} said
 * @param {unknown} error
 * @param {Meanings} [meanings]
 */
export function place(made, said, error, meanings) {
  const { fields, rest } = faults(error, meanings);
  const homeless = fields.filter(([name, sentence]) => {
    const field = made.querySelector(`[data-field="${CSS.escape(name)}"]`) ?? made.querySelector(`[data-field="${CSS.escape(name.split('.').at(-1) ?? '')}"]`);
    if (field) mark(field, sentence);
    return !field;
  });
  const lines = [rest, ...homeless.map(([name, sentence]) => `${name}${t('colon')}${sentence}`)].filter(Boolean);
  show(said, lines.map((line) => el('p', { class: 'note bad' }, line)));
  const first = made.querySelector('[aria-invalid="true"]');
  if (first instanceof HTMLElement) first.focus();
}

/**
 * @param {Element} field
 * @param {string} sentence nothing if all is well
 */
function mark(field, sentence) {
  const wrong = field.querySelector('.wrong');
  const control = field.querySelector('input, select, textarea');
  if (!(wrong instanceof HTMLElement) || !control) return;
  wrong.textContent = sentence;
  wrong.hidden = sentence === '';
  if (sentence) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

/**
 * Takes back what was said of fields.
 * @param {HTMLElement} made
 */
export function clear(made) {
  for (const field of made.querySelectorAll('[data-field]')) mark(field, '');
}

/**
 * Whether what must be given is, as far as the browser can tell.
 * @param {HTMLFormElement} made
 */
function isComplete(made) {
  let first = /** @type {HTMLElement | null} */ (null);
  for (const field of made.querySelectorAll('[data-field]')) {
    const control = /** @type {Control | null} */ (field.querySelector('input, select, textarea'));
    if (!control || control.disabled || control.validity.valid) continue;
    mark(field, control.validity.valueMissing ? t('fault.required') : control.title || control.validationMessage);
    first ??= control;
  }
  first?.focus();
  return first === null;
}

/**
 * What was given, without what was left empty.
 * @param {FormData} given
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
export function filled(given, names) {
  const pairs = names.flatMap((name) => {
    const text = String(given.get(name) ?? '').trim();
    return text ? [[name, text]] : [];
  });
  return Object.fromEntries(pairs);
}

/**
 * Asks before something is done that takes something away.
 * @param {string} title
 * @param {string} what
 * @param {string} submit
 * @param {() => Promise<void>} send
 * @param {Meanings} [meanings]
 */
export function confirmSheet(title, what, submit, send, meanings) {
  return formSheet(title, { fields: [el('p', {}, what)], submit, send, ...(meanings && { meanings }), isDangerous: true });
}
