// The first view: one large button, what is being written, the round, the records with how each stands.

import { sheet } from '../dialog.js';
import { el, show, toast } from '../dom.js';
import { nameOf } from '../facts.js';
import { sentence } from '../api.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { clock } from '../format.js';
import { begin } from './drafting.js';
import { signOut } from './person.js';
import { photosByRecord } from './photos.js';
import { drafts, dropDraft, entries, isWaiting } from './queue.js';
import { recordsCard } from './records.js';
import { freshRound, keptRound } from './round.js';
import { roundCard } from './rounds.js';
import { condition, send } from './sending.js';
import { signInSheet } from './signin.js';
import { ZONE, tasksTold } from './tell.js';

/** @typedef {import('./types').Person} Person */
/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').KeptRound} KeptRound */

/** A round older than this is fetched anew, in milliseconds. */
const STALE = 2 * 60000;

/**
 * @param {HTMLElement} main
 * @param {Person} person
 * @returns {{draw: () => Promise<void>, refresh: (ask?: boolean, isAsked?: boolean) => Promise<void>}}
 */
export function home(main, person) {
  const parts = { said: el('div', { class: 'staff-said', role: 'status' }), drafts: el('div', { class: 'staff-drafts' }), round: el('section', { class: 'card stops' }), records: el('section', { class: 'card records' }) };
  const button = el('a', { class: 'button main log-now', href: '#scan' }, icon('scan'), el('span', {}, t('staff.log'), el('small', {}, t('staff.logHow'))));
  show(main, el('div', { class: 'staff' },
    el('div', { class: 'column' }, el('h1', { class: 'skip' }, t('title.staff')), parts.said, person.logs && button, parts.drafts, parts.round),
    el('div', { class: 'column' }, parts.records)));
  /** @type {{text: string}} why there is no fresher round */
  const failed = { text: '' };

  async function draw() {
    const [records, photos, written, kept] = await Promise.all([entries(person.id), photosByRecord(person.id), drafts(person.id), keptRound(person.id)]);
    const focused = document.activeElement?.getAttribute('data-focus');
    show(parts.said, ...notes(person, records.filter(isWaiting).length));
    show(parts.drafts, ...written.map(draftCard));
    show(parts.round, ...roundCard(kept, failed.text, records, {
      open: (stop) => begin(person.id, { id: stop.toilet, name: stop.name, ...(stop.code && { code: stop.code }) }),
      again: (ask) => refresh(ask, true),
    }));
    show(parts.records, ...recordsCard(person, records, photos));
    if (focused) /** @type {HTMLElement | null} */ (main.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
  }

  async function refresh(ask = false, isAsked = false) {
    const kept = await keptRound(person.id);
    if (!isAsked && kept && Date.now() - kept.at < STALE) return;
    try {
      await freshRound(person.id, ask);
      failed.text = '';
    } catch (error) {
      failed.text = sentence(error);
    }
    await draw();
  }
  return { draw, refresh };
}

/**
 * What the person must know first.
 * @param {Person} person
 * @param {number} waiting
 */
function notes(person, waiting) {
  const { condition: how } = condition();
  const said = [];
  if (!person.logs) said.push(el('p', { class: 'note' }, t('staff.barred')));
  if (how === 'signedOut') {
    said.push(el('div', { class: 'note' }, el('p', {}, waiting > 0 ? t('staff.signedOutWaiting', { n: waiting }) : t('staff.signedOut')),
      el('p', { class: 'row' }, el('button', { class: 'button', type: 'button', 'data-focus': 'again', onclick: () => signInSheet(person, () => send(person.id)) }, t('signin.go')))));
  }
  if (how === 'otherPerson') {
    said.push(el('div', { class: 'note bad' }, el('p', {}, t('staff.otherPerson', { name: person.name })),
      el('p', { class: 'row' }, el('button', { class: 'button', type: 'button', 'data-focus': 'again', onclick: () => signInSheet(person, () => send(person.id)) }, t('staff.signInAs', { name: person.name })),
        el('button', { class: 'button', type: 'button', 'data-focus': 'reload', onclick: () => location.reload() }, t('staff.asThem')))));
  }
  return said;
}

/** @param {Draft} draft */
function draftCard(draft) {
  const drop = async () => {
    const dialog = sheet(t('draft.drop'), el('p', {}, t('draft.dropWhy', { name: nameOf(draft.toilet) })),
      el('p', { class: 'row' }, el('button', { class: 'button main', type: 'button', onclick: async () => {
        await dropDraft(draft);
        dialog.close();
      } }, t('draft.dropYes')), el('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, t('draft.keep'))));
  };
  const at = draft.startedAt ? t('draft.since', { time: clock(draft.startedAt, ZONE) }) : t('draft.open', { time: clock(new Date(draft.openedAt), ZONE) });
  return el('section', { class: 'card draft' }, el('div', { class: 'grow' }, el('h2', {}, nameOf(draft.toilet)),
    el('p', { class: 'quiet small' }, [at, tasksTold(draft.tasks)].filter(Boolean).join(' · '))),
    el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('draft.dropOf', { name: nameOf(draft.toilet) }), onclick: drop }, icon('close')),
    el('a', { class: 'button main', href: `#log/${draft.id}` }, t('draft.go')));
}

/**
 * Who this page belongs to, and signing out.
 * @param {Person} person
 * @param {() => void} left
 */
export function whoSheet(person, left) {
  const out = el('button', { class: 'button', type: 'button', onclick: async () => {
    out.disabled = true;
    try {
      await signOut();
      dialog.close();
      left();
    } catch (error) {
      toast(sentence(error));
      out.disabled = false;
    }
  } }, t('staff.signOut'));
  const dialog = sheet(person.name, el('p', { class: 'quiet' }, t('staff.signOutWhy')), el('p', { class: 'row' }, out));
}
