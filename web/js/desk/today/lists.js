// The day in numbers and in lists: what is overdue and can still be done, and what was missed.

import { el } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { clock } from '../../format.js';
import { named, t } from '../../i18n.js';
import { STATES } from './standing.js';

/** @typedef {import('../types').DeskSlot} DeskSlot */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('./standing.js').Standing} Standing */
/** @typedef {import('./standing.js').State} State */
/** @typedef {{toilet: Toilet, stands: Standing}} Entry */

/** Rows that are shown before the reader asks for the rest. */
const FIRST = 30;

/**
 * How many toilets stand in which way; pressing one shows these alone.
 * @param {Entry[]} entries
 * @param {State | null} chosen
 * @param {(state: State | null) => void} choose
 */
export function tiles(entries, chosen, choose) {
  return el('div', { class: 'tiles', role: 'group', 'aria-label': t('today.states') }, STATES.map((state) => {
    const n = entries.filter(({ stands }) => stands.state === state).length;
    if (n === 0 && (state === 'none' || state === 'later')) return null;
    return el('button', {
      class: `tile ${state}`, type: 'button', 'aria-pressed': chosen === state, 'data-state': state,
      onclick: () => choose(chosen === state ? null : state),
    }, el('strong', { class: 'numbers' }, n), el('span', {}, el('i', { class: 'dot' }), named('stands', state)));
  }));
}

/**
 * A list of slots, or of toilets where there is no slot to name.
 * @param {{title: string, empty: string, rows: HTMLElement[], more: () => void, all: boolean, id: string}} list
 */
export function listed({ title, empty, rows, more, all, id }) {
  const shown = all ? rows : rows.slice(0, FIRST);
  return el('section', { class: 'card day-list', 'data-list': id },
    el('h2', {}, title, el('span', { class: 'quiet numbers' }, ` ${rows.length}`)),
    rows.length === 0 ? el('p', { class: 'quiet' }, empty) : el('ul', {}, shown),
    shown.length < rows.length && el('button', { class: 'plain', type: 'button', onclick: more }, t('today.all', { n: rows.length })));
}

/**
 * The rows of the slots of many toilets, the one that was due last first.
 * @param {Entry[]} entries
 * @param {'overdue' | 'missed'} which
 * @param {Date} now
 * @param {(id: number) => void} opened
 */
export function slotRows(entries, which, now, opened) {
  const pairs = entries.flatMap(({ toilet, stands }) => stands[which].map((slot) => ({ toilet, slot })));
  pairs.sort((one, other) => Date.parse(other.slot.due) - Date.parse(one.slot.due) || one.toilet.id - other.toilet.id);
  return pairs.map(({ toilet, slot }) => row(toilet, which === 'overdue' ? overdue(slot, now) : missed(slot, toilet.zone), opened,
    [named('task', slot.task), slot.time].join(' ')));
}

/**
 * @param {Entry[]} entries
 * @param {(id: number) => void} opened
 */
export function toiletRows(entries, opened) {
  return entries.map(({ toilet, stands }) => row(toilet, el('span', { class: 'quiet small numbers' }, stands.of > 0 && t('today.doneOf', { done: stands.done, of: stands.of })), opened, ''));
}

/**
 * @param {Toilet} toilet
 * @param {HTMLElement} said
 * @param {(id: number) => void} opened
 * @param {string} what
 */
function row(toilet, said, opened, what) {
  return el('li', {}, el('button', { class: 'day-row', type: 'button', 'data-toilet': toilet.id, onclick: () => opened(toilet.id) },
    el('span', { class: 'day-name' }, el('strong', {}, nameOf(toilet)), el('span', { class: 'quiet small' }, [toilet.area?.name, what].filter(Boolean).join(' · '))), said));
}

/**
 * @param {DeskSlot} slot
 * @param {Date} now
 */
function overdue(slot, now) {
  const minutes = Math.max(1, Math.round((now.getTime() - Date.parse(slot.due)) / 60000));
  const left = Math.max(0, Math.round((Date.parse(slot.closes) - now.getTime()) / 60000));
  return el('span', { class: 'day-said' }, el('span', { class: 'tag doubt' }, t('today.late', { n: minutes })), el('span', { class: 'quiet small' }, t('today.left', { n: left })));
}

/**
 * @param {DeskSlot} slot
 * @param {string} zone
 */
function missed(slot, zone) {
  return el('span', { class: 'day-said' }, el('span', { class: 'tag bad' }, t('today.missed')), el('span', { class: 'quiet small' }, t('today.until', { time: clock(slot.closes, zone) })));
}
