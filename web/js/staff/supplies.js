// What was used up: the four things that are, counted with two buttons each. They are written down in Chinese whoever counts
// them, so that they add up.

import { el } from '../dom.js';
import { named, t } from '../i18n.js';

/** @typedef {import('./types').Draft} Draft */

/** @type {[key: string, name: string, unit: string][]} */
const SUPPLIES = [['paper', '卫生纸', '卷'], ['soap', '洗手液', '瓶'], ['bags', '垃圾袋', '个'], ['disinfectant', '消毒液', '瓶']];
const MOST = 99;

/**
 * @param {Draft} draft
 * @param {() => void} keep
 */
export function supplies(draft, keep) {
  return el('fieldset', { class: 'supplies' }, el('legend', {}, t('log.supplies')), SUPPLIES.map(([key, name, unit]) => {
    const label = named('supply', key);
    const count = el('output', { class: 'numbers', 'aria-label': label });
    const read = () => draft.supplies.find((one) => one.name === name)?.quantity ?? 0;
    const add = (/** @type {number} */ more) => {
      const quantity = Math.min(MOST, Math.max(0, read() + more));
      draft.supplies = [...draft.supplies.filter((one) => one.name !== name), ...(quantity > 0 ? [{ name, quantity, unit }] : [])];
      keep();
      draw();
    };
    const less = el('button', { class: 'step', type: 'button', 'aria-label': t('supply.less', { what: label }), onclick: () => add(-1) }, '−');
    const more = el('button', { class: 'step', type: 'button', 'aria-label': t('supply.more', { what: label }), onclick: () => add(1) }, '+');
    const draw = () => {
      count.textContent = String(read());
      less.disabled = read() === 0;
    };
    draw();
    return el('div', { class: 'supply' }, el('span', { class: 'name' }, label, el('span', { class: 'quiet small' }, ` ${named('unit', key)}`)), less, count, more);
  }));
}
