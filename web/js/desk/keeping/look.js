// What the parts for keeping look like: a heading, sections of rows, and what stands where there is nothing.

import { el, toast } from '../../dom.js';
import { icon } from '../../icons.js';
import { faults } from './faults.js';

/** @typedef {import('../../dom.js').Child} Child */

/**
 * @param {string} title
 * @param {string} lead what the part is for, in a sentence
 * @param {...Child} actions
 */
export function head(title, lead, ...actions) {
  return el('header', { class: 'keep-head' }, el('div', {}, el('h1', {}, title), lead && el('p', { class: 'quiet' }, lead)),
    actions.some(Boolean) && el('div', { class: 'row' }, ...actions));
}

/**
 * @param {string} title
 * @param {number | null} count how many there are
 * @param {...(Child | Child[])} children
 */
export function section(title, count, ...children) {
  return el('section', { class: 'card keep-section' }, el('h2', {}, title, count !== null && el('span', { class: 'count numbers' }, count)), ...children);
}

/**
 * A line about one record.
 * @param {object} line
 * @param {Child | Child[]} line.title
 * @param {Child[]} [line.tags]
 * @param {Child[]} [line.facts] said below, with dots between
 * @param {Child} [line.note]
 * @param {Child[]} [line.actions]
 * @param {Record<string, string | number>} [data] attributes
 */
export function row({ title, tags = [], facts = [], note = null, actions = [] }, data = {}) {
  const said = facts.filter(Boolean);
  const isShort = actions.filter(Boolean).length === 1;
  return el('li', { class: isShort ? 'keep-row one-act' : 'keep-row', ...data },
    el('div', { class: 'what' }, el('p', { class: 'name' }, el('strong', {}, title), tags),
      said.length > 0 && el('p', { class: 'quiet small facts' }, said.map((fact) => el('span', {}, fact))),
      note && el('p', { class: 'small said' }, note)),
    actions.some(Boolean) && el('div', { class: 'row acts' }, actions));
}

/** @param {(Node | false | null)[]} rows */
export function rows(rows) {
  return el('ul', { class: 'keep-rows' }, rows);
}

/** @param {string} text what is not there, and what to do */
export function empty(text) {
  return el('p', { class: 'quiet keep-empty' }, text);
}

/**
 * @param {string} text
 * @param {'good' | 'doubt' | 'bad' | ''} [tone]
 */
export function tag(text, tone = '') {
  return el('span', { class: `tag ${tone}` }, text);
}

/**
 * Does it, and says why it could not be done.
 * @param {() => unknown} work
 */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    toast(faults(error).rest);
  }
}

/**
 * The same reading, for after something was written: that it could not be read anew does not undo it.
 * @param {() => Promise<void>} read
 */
export function quietly(read) {
  return () => attempt(read);
}

/**
 * @param {string} text
 * @param {() => unknown} pressed
 * @param {string} [look] such as `main`
 */
export function button(text, pressed, look = '') {
  return el('button', { class: `button ${look}`, type: 'button', onclick: () => attempt(pressed) }, text);
}

/**
 * A button that takes something away; whoever cannot see the row it stands in is told of what.
 * @param {string} text
 * @param {string} about
 * @param {() => unknown} pressed
 * @param {string} [look]
 */
export function act(text, about, pressed, look = '') {
  return el('button', { class: `button small-button ${look}`, type: 'button', 'aria-label': `${text} ${about}`, onclick: () => attempt(pressed) }, text);
}

/**
 * @param {string} text
 * @param {string} href
 */
export function backTo(text, href) {
  return el('a', { class: 'plain keep-back', href }, icon('back'), text);
}

/**
 * A figure with its name.
 * @param {string | number} value
 * @param {string} label
 * @param {string} [small]
 */
export function figure(value, label, small = '') {
  return el('div', { class: 'keep-figure' }, el('strong', { class: 'numbers' }, value), el('span', {}, label), small && el('span', { class: 'quiet small' }, small));
}
