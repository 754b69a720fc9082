// `/board/{areaCode}`: how the toilets of an area stand, for everybody, as it happens.

import { all, get, sentence } from '../api.js';
import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { bar, keepPages } from '../shell.js';
import { settings } from '../settings.js';
import { follow } from './live.js';
import { closures, sums, table, title } from './parts.js';

/** @typedef {import('../types').Area} Area */
/** @typedef {import('../types').Toilet} Toilet */

const main = byId('main');
/** @type {Map<number, Toilet>} */
const toilets = new Map();
/** @type {Area | null} */
let area = null;
let isLive = false;

/** Which area the address names. */
function asked() {
  const code = /^\/board\/([^/]+)$/.exec(location.pathname)?.[1];
  return code && decodeURIComponent(code);
}

async function begin() {
  bar(t('title.board'));
  const code = asked();
  try {
    if (!code) await choose();
    else {
      area = await get(`/areas/${encodeURIComponent(code)}`);
      await load();
      follow(code, { changed, reset: load, live: (is) => { isLive = is; draw(); } });
      setInterval(draw, 30000);
    }
    keepPages();
  } catch (error) {
    show(main, el('div', { class: 'board' }, el('p', { class: 'note bad', role: 'alert' }, sentence(error))));
  }
}

/** No area is named: which there are. */
async function choose() {
  const areas = await all('/areas', { level: ['county', 'town'] }, 300);
  show(main, el('div', { class: 'board' }, el('section', { class: 'card' }, el('h1', {}, t('board.choose')),
    el('div', { class: 'places' }, areas.map((/** @type {Area} */ one) => el('a', { class: 'button', href: `/board/${one.code}` }, one.name))))));
}

async function load() {
  if (!area) return;
  const items = await all('/toilets', { area: area.code, crs: settings.crs });
  toilets.clear();
  for (const toilet of /** @type {Toilet[]} */ (items)) toilets.set(toilet.id, toilet);
  draw();
}

/** @param {number} id something happened at this toilet */
async function changed(id) {
  /** @type {Toilet | null} */
  const toilet = await get(`/toilets/${id}`, { crs: settings.crs }).catch(() => null);
  if (!toilet || toilet.status === 'retired') toilets.delete(id);
  else toilets.set(id, toilet);
  draw(id);
}

/** @param {number} [fresh] the toilet that has just changed */
function draw(fresh) {
  if (!area) return;
  const now = new Date();
  const shown = [...toilets.values()];
  const focused = document.activeElement?.getAttribute('href');
  show(main, el('div', { class: 'board' }, title(area, isLive, now), sums(shown, now),
    el('div', { class: 'wide' }, closures(shown, now), table(shown, now, fresh))));
  if (focused) /** @type {HTMLElement | null} */ (main.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus();
}

begin();
