// Today: how every toilet in the reader's charge stands now, as it happens.

import { choice } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { showExcuses } from './today/excuses.js';
import { follow } from './today/live.js';
import { DayView } from './today/view.js';

/** @typedef {import('./types').Desk} Desk */

/** No event tells of an excuse: it is looked for this often, in milliseconds. */
const EXCUSES = 60000;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const areas = await desk.areas();
  const chosen = choice('area', [['', t('today.allAreas')], ...areas.map((area) => /** @type {[string, string]} */ ([area.code, area.name]))]);
  chosen.setAttribute('aria-label', t('today.area'));
  const waiting = el('div', { class: 'day-waiting' });
  const places = {
    stream: el('span', { class: 'tag', role: 'status' }, t('today.connecting')), sums: el('div'), lists: el('div', { class: 'day-lists' }),
    ground: el('div', { class: 'day-map card', role: 'group', 'aria-label': t('today.map') }),
  };
  show(root, el('div', { class: 'part-head' }, el('h1', {}, t('part.today')), places.stream, chosen), places.sums, waiting, el('div', { class: 'day' }, places.lists, places.ground));
  const again = setInterval(() => showExcuses(desk, waiting).catch(() => undefined), EXCUSES);
  desk.signal.addEventListener('abort', () => clearInterval(again));
  const view = new DayView(desk, places);
  chosen.addEventListener('change', () => view.reload(chosen.value));
  await Promise.all([view.load(''), showExcuses(desk, waiting)]);
  follow({
    changed: (ids) => view.changed(ids), reset: () => view.reload(chosen.value), live: (is) => view.live(is), refused: () => desk.get('/me'),
  }, desk.signal);
}
