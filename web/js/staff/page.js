// `/staff`, and `/p/{token}` of a cleaners' plate: logging what was cleaned, with signal or without.
//
// `#scan` asks which toilet, `#log/{id}` is the form of a record that is being written, all else is the first view. All of it
// is loaded at once: underground nothing can be.

import { byId, el, show, toast } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { bar, keepPages } from '../shell.js';
import { begin } from './drafting.js';
import { home, whoSheet } from './home.js';
import { log } from './log.js';
import { caller, remember, remembered } from './person.js';
import { meant } from './plates.js';
import { tidy, watch } from './queue.js';
import { scan } from './scan.js';
import { note, send, sendWheneverPossible, whenSent } from './sending.js';
import { signInPage } from './signin.js';
import { byNumber } from './toilets.js';
import { arriveAtStaff } from './wechat.js';

/** @typedef {import('./types').Person} Person */

const main = byId('main');
/** The plate that led here, until it is taken up. */
let plate = meant(/^\/p\/([^/]+)$/.exec(location.pathname)?.[1] ?? '');
/** @type {Person | null} */
let person = null;
/** @type {ReturnType<typeof home> | null} what is shown, if that is the first view */
let shown = null;
let view = new AbortController();

async function open() {
  bar(t('title.staff'), { home: '/staff' });
  show(main, el('p', { class: 'narrow-page quiet', role: 'status' }, t('loading')));
  const failed = await arriveAtStaff();
  // Whoever was here last is at work at once, whatever the signal is like.
  const before = await remembered();
  if (failed && before) toast(failed);
  if (before) await become(before);
  try {
    const found = await caller();
    if (found && found.id !== before?.id) await become(await remember(found));
    else if (found && before) {
      const now = await remember(found);
      if (now.logs !== before.logs) await become(now);
    }
    else if (before) note('signedOut');
    else await welcome();
  } catch {
    if (!before) show(main, el('div', { class: 'narrow-page' }, plateCard(false), el('p', { class: 'note', role: 'alert' }, t('staff.firstTime')),
      el('p', {}, el('button', { class: 'button', type: 'button', onclick: open }, t('tryAgain')))));
  }
  keepPages();
}

/** @param {Person} found whose page it is now */
async function become(found) {
  person = found;
  bar(t('title.staff'), { home: '/staff', more: [el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('staff.who', { name: found.name }), onclick: () => whoSheet(found, left) }, icon('person'))] });
  await tidy(found.id).catch(() => undefined);
  if (plate && 'toilet' in plate && found.logs) await take(found, plate);
  await route();
}

/**
 * Takes up the plate that was scanned with the phone's own camera.
 * @param {Person} found
 * @param {{toilet: number, token?: string}} scanned
 */
async function take(found, { toilet, token }) {
  plate = null;
  history.replaceState(null, '', '/staff');
  const known = await byNumber(toilet, found.id);
  if (known) await begin(found.id, known, token);
}

/** Nobody is signed in, and nobody was here before. */
async function welcome() {
  shown = null;
  await signInPage(main, (found) => {
    note('idle');
    become(found);
    send(found.id);
  }, plateCard(true));
}

/**
 * What a plate means to whoever does not clean here.
 * @param {boolean} isRead whether the service said whose plate it is
 */
function plateCard(isRead) {
  if (!plate || !('toilet' in plate)) return null;
  return el('section', { class: 'card' }, el('h1', {}, isRead ? t('plate.staffs') : t('plate.of', { toilet: plate.toilet })), isRead && el('p', {}, t('plate.staffsWhy')),
    el('p', { class: 'row' }, el('a', { class: 'button', href: `/toilets/${plate.toilet}` }, t('plate.toilet'))));
}

async function left() {
  person = null;
  history.replaceState(null, '', '/staff');
  bar(t('title.staff'), { home: '/staff' });
  await welcome();
}

async function route() {
  if (!person) return;
  view.abort();
  view = new AbortController();
  const { signal } = view;
  const [where, id = ''] = location.hash.slice(1).split('/');
  shown = null;
  if (where === 'scan' && person.logs) {
    await scan(main, person.id, signal);
  } else if (where === 'log' && id) {
    await log(main, id, { signal, done });
  } else {
    shown = home(main, person);
    await redraw();
    shown?.refresh();
  }
}

/** A record is written: back to the first view, and off with it. */
function done() {
  location.replace('#');
  if (person) send(person.id);
}

async function redraw() {
  try {
    await shown?.draw();
  } catch {
    show(main, el('div', { class: 'narrow-page' }, el('p', { class: 'note bad', role: 'alert' }, t('staff.keepsNothing'))));
  }
}

addEventListener('hashchange', route);
watch(redraw);
whenSent(() => shown?.refresh(false, true));
// What is due changes by itself.
setInterval(() => {
  if (document.visibilityState === 'visible') redraw();
}, 30000);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') shown?.refresh();
});
open().then(() => sendWheneverPossible(() => person?.id ?? null));
