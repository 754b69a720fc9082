// Today: how every toilet in the reader's charge stands now, as it happens.

import { choice } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { follow } from './today/live.js';
import { DayView } from './today/view.js';

/** @typedef {import('./types').Desk} Desk */

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const areas = await desk.areas();
  const chosen = choice('area', [['', t('today.allAreas')], ...areas.map((area) => /** @type {[string, string]} */ ([area.code, area.name]))]);
  chosen.setAttribute('aria-label', t('today.area'));
  const places = {
    stream: el('span', { class: 'tag', role: 'status' }, t('today.connecting')), sums: el('div'), lists: el('div', { class: 'day-lists' }),
    ground: el('div', { class: 'day-map card', role: 'group', 'aria-label': t('today.map') }),
  };
  show(root, el('div', { class: 'part-head' }, el('h1', {}, t('part.today')), places.stream, chosen), places.sums, el('div', { class: 'day' }, places.lists, places.ground));
  const view = new DayView(desk, places);
  chosen.addEventListener('change', () => view.reload(chosen.value));
  await view.load('');
  follow({
    changed: (ids) => view.changed(ids), reset: () => view.reload(chosen.value), live: (is) => view.live(is), refused: () => desk.get('/me'),
  }, desk.signal);
}
