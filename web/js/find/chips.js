// What somebody needs, as chips to be pressed; remembered.

import { el } from '../dom.js';
import { t } from '../i18n.js';
import { keep, kept } from '../keep.js';

/** @typedef {import('./search.js').Wanted} Wanted */

/** @type {{name: string, word: import('../types').Word, grades?: string[]}[]} */
const CHIPS = [
  { name: 'wheelchair', word: 'facility.wheelchair' },
  { name: 'familyToilet', word: 'facility.familyToilet' },
  { name: 'babyChanging', word: 'facility.babyChanging' },
  { name: 'free', word: 'free' },
  { name: 'allDay', word: 'allDay' },
  { name: 'gradeA', word: 'gradeA', grades: ['A', 'AA', 'AAA'] },
];

const pressed = new Set((kept('wanted') ?? '').split(' ').filter((name) => CHIPS.some((chip) => chip.name === name)));

/** @returns {Wanted} what is wanted now */
export function wanted() {
  const on = CHIPS.filter((chip) => pressed.has(chip.name));
  return { needs: on.filter((chip) => !chip.grades).map((chip) => chip.name), grades: on.flatMap((chip) => chip.grades ?? []) };
}

/**
 * The row of chips.
 * @param {() => void} changed
 */
export function chips(changed) {
  const buttons = CHIPS.map((chip) => {
    const button = el('button', { class: 'chip', type: 'button', 'aria-pressed': pressed.has(chip.name), 'data-chip': chip.name }, t(chip.word));
    button.addEventListener('click', () => {
      if (!pressed.delete(chip.name)) pressed.add(chip.name);
      button.setAttribute('aria-pressed', String(pressed.has(chip.name)));
      keep('wanted', [...pressed].join(' ') || null);
      changed();
    });
    return button;
  });
  return el('div', { class: 'chips', role: 'group', 'aria-label': t('filters') }, buttons);
}
