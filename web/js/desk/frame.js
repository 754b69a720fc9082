// The frame of the desk: the list of parts, who is signed in, and the part that the hash names.

import { ask, sentence } from '../api.js';
import { el, show } from '../dom.js';
import { named, t } from '../i18n.js';
import { icon } from '../icons.js';
import { bar } from '../shell.js';
import { PARTS } from './parts.js';
import { isDeskStaff } from './roles.js';

/** @typedef {import('./desk.js').Context} Context */
/** @typedef {import('./parts.js').Listed} Listed */

/** @type {{context: Context, parts: Listed[], list: HTMLElement, place: HTMLElement} | null} */
let drawn = null;
let leaving = new AbortController();

/**
 * @param {HTMLElement} main
 * @param {Context} context
 * @param {() => void} signedOut they want to sign out
 */
export function frame(main, context, signedOut) {
  const { me } = context;
  const out = el('button', { class: 'plain', type: 'button', onclick: signedOut }, t('desk.signOut'));
  bar(t('title.desk'), { home: '/desk', more: [el('span', { class: 'desk-who quiet small' }, icon('person'), el('span', {}, me.name)), out] });
  const parts = isDeskStaff(me) ? PARTS.filter(({ needs }) => context.may(needs)) : [];
  const list = el('nav', { class: 'desk-parts', 'aria-label': t('desk.parts') },
    parts.map(({ name }) => el('a', { href: `#${name}`, 'data-part': name }, named('part', name))));
  const place = el('div', { class: 'desk-place' });
  drawn = { context, parts, list, place };
  if (parts.length > 0) show(main, el('div', { class: 'desk' }, list, place));
  else show(main, el('div', { class: 'narrow-page' }, el('section', { class: 'card' }, el('h1', {}, t('desk.notForYou')), el('p', {}, t('desk.forWhom')),
    el('p', { class: 'row' }, el('a', { class: 'button main', href: '/staff' }, t('desk.toStaff'))))));
}

/** Opens the part that the hash names; the first one if it names none. */
export async function navigate() {
  if (!drawn || drawn.parts.length === 0) return;
  const { context, parts, list, place } = drawn;
  const [name = '', ...path] = location.hash.slice(1).split('/').filter(Boolean).map(decoded);
  const part = parts.find((one) => one.name === name);
  if (!part) {
    history.replaceState(null, '', `#${parts[0]?.name}`);
    await navigate();
    return;
  }
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  for (const link of list.querySelectorAll('a')) {
    const isHere = link.dataset.part === name;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (isHere) link.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
  await fill(part, place, { ...context, path, signal });
}

/**
 * @param {Listed} part
 * @param {HTMLElement} place
 * @param {import('./types').Desk} desk
 */
async function fill(part, place, desk) {
  const root = el('div', { class: `part part-${part.name}` });
  const wait = el('p', { class: 'desk-wait quiet', role: 'status' }, t('loading'));
  show(place, wait, root);
  scrollTo(0, 0);
  try {
    await (await part.load()).open(root, desk);
  } catch (error) {
    if (!desk.signal.aborted) failed(root, error, navigate);
  }
  wait.remove();
}

/** @param {string} piece of an address */
function decoded(piece) {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

/**
 * Says why nothing can be shown, and offers to try again.
 * @param {HTMLElement} root
 * @param {unknown} error
 * @param {() => void} again
 */
export function failed(root, error, again) {
  show(root, el('div', { class: 'card' }, el('p', { class: 'note bad', role: 'alert' }, sentence(error)),
    el('p', { class: 'row desk-again' }, el('button', { class: 'button', type: 'button', onclick: again }, t('tryAgain')))));
}

/** Ends the session; what was open is no longer. */
export async function leave() {
  leaving.abort();
  drawn = null;
  await ask('DELETE', '/sessions/current').catch(() => undefined);
  history.replaceState(null, '', location.pathname);
}
