// Find: where somebody is, what they need, and the nearest that they can use.

import { sentence } from '../api.js';
import { el, show } from '../dom.js';
import { locate } from '../geo.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { age, answer, awaited, others } from './answer.js';
import { chips, wanted } from './chips.js';
import { search } from './search.js';

/** @typedef {import('../types').Place} Place */
/** @typedef {import('./search.js').Found} Found */

const WIDE = matchMedia('(min-width: 900px)');

/** @type {Place | null} */
let place = null;
/** @type {Found | null} */
let found = null;
/** @type {AbortController | null} */
let running = null;

const where = el('div', { class: 'where' });
const first = el('div', { 'aria-live': 'polite' });
const rest = el('div', {});
const map = el('div', { class: 'board-map', hidden: !WIDE.matches, role: 'region', 'aria-label': t('map') });
const views = el('div', { class: 'views', role: 'group', 'aria-label': t('view') }, view('list', true), view('map', false));
const missing = el('p', { class: 'row last' }, el('button', { class: 'plain', type: 'button', onclick: reportMissing }, icon('add'), t('report.missing')));

/** The place that was looked at last, for who comes back from a toilet. */
export const lastPlace = () => place;

/** The whole of it, to be put into the page. */
export function finding() {
  return el('div', { class: 'find' }, el('div', { class: 'column' }, where, chips(() => look()), first, views, rest, missing), map);
}

/** Begins with where the device is. */
export async function begin() {
  if (place) {
    drawn();
    return;
  }
  show(where, icon('pin'), el('span', { class: 'label' }, t('where.asking')), choose());
  show(first, awaited());
  try {
    const here = await locate();
    // Whoever chose a place meanwhile meant it.
    if (!place) lookFrom(here);
  } catch {
    if (!place) refused();
  }
}

/** @param {Place} from */
export function lookFrom(from) {
  place = from;
  const label = from.label ?? (from.from === 'map' ? t('where.map') : t('where.here'));
  const again = from.from !== 'device' && el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('where.again'), onclick: restart }, icon('aim'));
  show(where, icon('pin'), el('span', { class: 'label' }, label), again, choose());
  look();
}

function restart() {
  place = null;
  begin();
}

function choose() {
  return el('button', { class: 'plain', type: 'button', onclick: chooseByName }, t('where.choose'));
}

/** The position is not to be had: what can be done instead. */
function refused() {
  show(where, icon('pin'), el('span', { class: 'label' }, t('where.unknown')), choose());
  show(first, el('div', { class: 'card answer shut' },
    el('h1', {}, t('where.refused')), el('p', { class: 'quiet' }, t('where.instead')),
    el('p', { class: 'row' },
      el('button', { class: 'button main', type: 'button', onclick: chooseByName }, icon('list'), t('where.byName')),
      el('button', { class: 'button', type: 'button', onclick: () => showView('map') }, icon('world'), t('where.byMap')))));
  if (WIDE.matches) drawMap();
}

async function chooseByName() {
  const { choosePlace } = await import('./places.js');
  choosePlace(lookFrom);
}

/** @param {boolean} [unknown] */
async function look(unknown = false) {
  if (!place) return;
  running?.abort();
  const mine = new AbortController();
  running = mine;
  if (!found) show(first, awaited());
  try {
    found = await search(place, wanted(), mine.signal, unknown);
    drawn();
    afterwards();
  } catch (error) {
    if (!mine.signal.aborted) failed(error);
  }
}

function drawn() {
  if (!found) return;
  const [best, ...more] = found.items;
  show(first, age(found), found.shut && best && el('p', { class: 'note' }, t('noneOpen'), ' ', askUnknown()), best ? answer(best, found) : nothing());
  show(rest, others(more, found));
}

function nothing() {
  return el('div', { class: 'card answer shut' }, el('h1', {}, t('nothing')), el('p', { class: 'quiet' }, t('nothingWhy')),
    el('p', { class: 'row' }, askUnknown()));
}

/** Offers those of which what is wanted is not known, where anything is. */
function askUnknown() {
  const { needs, grades } = wanted();
  return needs.length + grades.length > 0 && el('button', { class: 'button', type: 'button', onclick: () => look(true) }, t('withUnknown'));
}

/** @param {unknown} error */
function failed(error) {
  show(first, el('div', { class: 'card answer shut', role: 'alert' }, el('h1', {}, t('failed')), el('p', {}, sentence(error)),
    el('p', { class: 'row' }, el('button', { class: 'button main', type: 'button', onclick: () => look() }, t('tryAgain')))));
  show(rest);
}

/** What nobody waits for: the map, the copy for times without a network, the pages themselves. */
function afterwards() {
  if (WIDE.matches || !map.hidden) drawMap();
  const idle = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ task) => setTimeout(task, 300));
  idle(async () => {
    const [{ renew }, { keepPages }] = await Promise.all([import('../offline/copy.js'), import('../shell.js')]);
    keepPages();
    if (!found?.copied) renew(found?.items[0]?.area?.code).catch(() => undefined);
  });
}

async function drawMap() {
  const { findMap } = await import('./findmap.js');
  await findMap(map, place, found, lookFrom);
}

/**
 * @param {'list' | 'map'} name
 * @param {boolean} isOn
 */
function view(name, isOn) {
  return el('button', { type: 'button', 'data-view': name, 'aria-pressed': isOn, onclick: () => showView(name) }, t(`view.${name}`));
}

/** @param {'list' | 'map'} name */
function showView(name) {
  for (const button of views.children) button.setAttribute('aria-pressed', String(button.getAttribute('data-view') === name));
  rest.hidden = name === 'map';
  map.hidden = name === 'list' && !WIDE.matches;
  if (!map.hidden) drawMap().then(() => map.scrollIntoView({ block: 'nearest' }));
}

async function reportMissing() {
  const { reportMissing: report } = await import('./report.js');
  report(place);
}

WIDE.addEventListener('change', () => showView('list'));
