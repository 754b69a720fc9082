// The cleaning of the last 30 days as a small picture: a column for each day, a block for each cleaning that was due.

import { get } from '../api.js';
import { el, show, svg } from '../dom.js';
import { day } from '../format.js';
import { named, t } from '../i18n.js';

/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {import('../types').Slot} Slot */

const DAYS = 30;
const WIDTH = 10;
const BLOCK = 7;
const SHOWN = ['doneOnTime', 'doneLate', 'missed', 'excused'];

/**
 * @param {HTMLElement} section
 * @param {Toilet} toilet
 */
export async function days(section, toilet) {
  const body = el('div', {}, el('p', { class: 'quiet' }, t('loading')));
  section.append(body);
  const from = day(new Date(Date.now() - (DAYS - 1) * 86400000), toilet.zone);
  const to = day(new Date(), toilet.zone);
  try {
    /** @type {import('../types').Slots} */
    const slots = await get(`/toilets/${toilet.id}/slots`, { from, to });
    const over = slots.items.filter((slot) => SHOWN.includes(slot.state));
    show(body, over.length > 0 ? [summary(over), picture(slots.items, from), legend()] : el('p', { class: 'quiet' }, t('cleaning.none')));
  } catch {
    show(body, el('p', { class: 'quiet' }, t('cleaning.unknown')));
  }
}

/** @param {Slot[]} over */
function summary(over) {
  const count = (/** @type {string} */ state) => over.filter((slot) => slot.state === state).length;
  const due = over.length - count('excused');
  return el('p', {}, t('cleaning.summary', { due, onTime: count('doneOnTime'), late: count('doneLate'), missed: count('missed') }));
}

/**
 * @param {Slot[]} slots
 * @param {string} from
 */
function picture(slots, from) {
  const columns = Array.from({ length: DAYS }, (_, place) => {
    const date = new Date(Date.parse(`${from}T00:00Z`) + place * 86400000).toISOString().slice(0, 10);
    return slots.filter((slot) => slot.date === date);
  });
  const height = Math.max(1, ...columns.map((column) => column.length)) * BLOCK;
  const blocks = columns.flatMap((column, place) => column.map((slot, level) =>
    svg('rect', { class: slot.state, x: place * WIDTH + 1, y: height - (level + 1) * BLOCK + 1, width: WIDTH - 2, height: BLOCK - 1.5, rx: 1.5 })));
  return svg('svg', { class: 'days', viewBox: `0 0 ${DAYS * WIDTH} ${height}`, role: 'img', 'aria-label': t('cleaning.picture') }, ...blocks);
}

function legend() {
  return el('p', { class: 'legend small quiet' }, SHOWN.map((state) => el('span', { class: state }, named('slot', state))));
}
