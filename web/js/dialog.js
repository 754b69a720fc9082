// A sheet over the page, with what it is about and a way out.

import { el } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';

/**
 * Opens a sheet.
 * @param {string} title
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLDialogElement}
 */
export function sheet(title, ...children) {
  const dialog = el('dialog', { 'aria-labelledby': 'sheet-title' },
    el('div', { class: 'head' }, el('h2', { id: 'sheet-title' }, title),
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
