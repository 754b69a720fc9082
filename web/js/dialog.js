// A sheet over the page, with what it is about and a way out.

import { el } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';

/** How many sheets there were: one may lie over another, and each has a title of its own. */
let count = 0;

/**
 * Opens a sheet.
 * @param {string} title
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLDialogElement}
 */
export function sheet(title, ...children) {
  count += 1;
  const id = `sheet-title-${count}`;
  const dialog = el('dialog', { 'aria-labelledby': id },
    el('div', { class: 'head' }, el('h2', { id }, title),
      el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('close'), onclick: () => dialog.close() }, icon('close'))),
    el('div', { class: 'body' }, ...children));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * A field of a form with its label.
 * @param {string} label
 * @param {HTMLElement} input
 */
export function field(label, input) {
  return el('label', { class: 'field' }, el('span', {}, label), input);
}

/**
 * A choice of one; the first is chosen.
 * @param {string} name
 * @param {[value: string, text: string][]} options
 */
export function choice(name, options) {
  return el('select', { name }, options.map(([value, text]) => el('option', { value }, text)));
}
