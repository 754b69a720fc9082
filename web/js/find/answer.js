// What was looked for: the nearest that can be used, first and large; the others below.

import { el } from '../dom.js';
import { cleaned, has, nameOf, state } from '../facts.js';
import { ago, metres, walking } from '../format.js';
import { named, t } from '../i18n.js';
import { walkButton } from './walk.js';

/** @typedef {import('../types').NearToilet} NearToilet */
/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {import('../facts.js').Said} Said */
/** @typedef {import('./search.js').Found} Found */

/** @param {Said} said */
export const tag = (said) => el('span', { class: `tag ${said.tone}` }, said.text);

/**
 * @param {NearToilet} toilet
 * @param {Found} found
 */
export function answer(toilet, found) {
  const now = found.at;
  return el('article', { class: found.shut ? 'card answer shut' : 'card answer', 'data-toilet': toilet.id },
    el('p', { class: 'first' }, found.shut ? t('nearestShut') : t('nearestUsable')),
    el('h1', {}, el('a', { href: `/toilets/${toilet.id}`, 'data-inside': '' }, nameOf(toilet))),
    el('p', { class: 'far' }, el('strong', {}, metres(toilet.distance)), el('span', {}, walking(toilet.distance))),
    toilet.across && el('p', { class: 'note' }, t('across', { what: toilet.across })),
    el('p', { class: 'state' }, tag(state(toilet, now)), cleaned(toilet, now) && el('span', { class: 'quiet' }, cleaned(toilet, now))),
    unsure(toilet),
    el('p', { class: 'has' }, has(toilet).map(tag)),
    toilet.address && el('p', { class: 'quiet small' }, toilet.address),
    el('p', { class: 'row' }, walkButton(toilet), el('a', { class: 'button', href: `/toilets/${toilet.id}`, 'data-inside': '' }, t('more'))),
  );
}

/**
 * What is not known of it, of what was asked for.
 * @param {NearToilet} toilet
 */
function unsure(toilet) {
  const doubts = (toilet.unsure ?? []).filter((doubt) => doubt !== 'hours');
  return doubts.length > 0 && el('p', { class: 'quiet small' }, t('unsure', { what: doubts.map((doubt) => named('facility', doubt)).join(t('comma')) }));
}

/**
 * The others, nearest first.
 * @param {NearToilet[]} toilets
 * @param {Found} found
 */
export function others(toilets, found) {
  if (toilets.length === 0) return null;
  return el('section', { class: 'card list', 'aria-label': t('others') },
    el('h2', { class: 'small quiet' }, t('others')),
    el('ul', {}, toilets.map((toilet) => el('li', {}, line(toilet, found)))));
}

/**
 * @param {NearToilet} toilet
 * @param {Found} found
 */
function line(toilet, found) {
  const facts = has(toilet).slice(0, 3).map((said) => said.text);
  const about = [state(toilet, found.at).text, ...facts].join(' · ');
  return el('a', { href: `/toilets/${toilet.id}`, 'data-inside': '' },
    el('span', { class: 'name' }, nameOf(toilet)),
    el('span', { class: 'far' }, metres(toilet.distance)),
    el('span', { class: 'about' }, about));
}

/** While nobody has answered yet. */
export function awaited() {
  const bar = (/** @type {string} */ more) => el('span', { class: `waiting ${more}`, 'aria-hidden': 'true' });
  return el('div', { class: 'card answer', role: 'status', 'aria-label': t('searching') }, bar('wide'), bar('tall'), bar(''), bar('wide'));
}

/**
 * How old the copy is that an answer comes from.
 * @param {Found} found
 */
export function age(found) {
  return found.copied && el('p', { class: 'note', role: 'status' }, t('copied', { ago: ago(found.copied, found.at) }));
}
