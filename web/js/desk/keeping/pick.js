// Choosing a toilet, an area or somebody of the staff.

import { el, show } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { t } from '../../i18n.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../../types').Member} Member */

/** How many are offered at once. */
const OFFERED = 8;
const PAUSE = 250;

/**
 * A field in which a toilet is looked for by name, pinyin, number or address, and those that were found.
 * @param {Desk} desk
 * @param {(toilet: Toilet) => void} chosen
 * @param {string} [label]
 */
export function toiletSearch(desk, chosen, label = t('keep.searchToilet')) {
  const found = el('ul', { class: 'keep-found' });
  const said = el('p', { class: 'small quiet', role: 'status' });
  const input = el('input', { type: 'search', autocomplete: 'off', placeholder: t('keep.searchHow'), maxlength: 64 });
  let turn = 0;
  const look = async () => {
    const mine = (turn += 1);
    const q = input.value.trim();
    if (!q) {
      show(found);
      show(said);
      return;
    }
    /** @type {{items: Toilet[], next?: string}} */
    const { items, next } = await desk.get('/toilets', { q, area: desk.home, limit: OFFERED });
    if (mine !== turn) return;
    show(found, items.map((toilet) => el('li', {}, el('button', { class: 'plain', type: 'button', 'data-toilet': toilet.id, onclick: () => chosen(toilet) },
      el('strong', {}, nameOf(toilet)), el('span', { class: 'quiet small' }, [toilet.code, toilet.area?.name].filter(Boolean).join(' · '))))));
    show(said, items.length === 0 ? t('keep.foundNone', { q }) : next && t('keep.foundMore'));
  };
  const typed = () => {
    const mine = (turn += 1);
    setTimeout(() => mine === turn && look().catch(() => show(said, t('failure.offline'))), PAUSE);
  };
  input.addEventListener('input', typed);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      look().catch(() => show(said, t('failure.offline')));
    }
  });
  return el('div', { class: 'keep-search' }, el('label', { class: 'field' }, el('span', {}, label), input), said, found);
}

/**
 * @param {Desk} desk
 * @returns {Promise<[code: string, name: string][]>}
 */
export async function areaChoices(desk) {
  const areas = await desk.areas();
  return areas.map(({ code, name }) => [code, name]);
}

/**
 * The names of areas by their codes.
 * @param {Desk} desk
 */
export async function areaNames(desk) {
  const areas = await desk.areas();
  return (/** @type {string | undefined} */ code) => (code ? areas.find((area) => area.code === code)?.name ?? code : t('keep.everywhere'));
}

/**
 * Everybody of the staff whom the reader may see; nobody where they may see none.
 * @param {Desk} desk
 * @returns {Promise<Member[]>}
 */
export async function staff(desk) {
  return desk.may('readStaff') ? desk.all('/staff', {}, 3000) : [];
}

/**
 * The name of a toilet by its id, from what the desk keeps in sight or else from the service.
 * @param {Desk} desk
 * @param {number[]} ids
 * @returns {Promise<Map<number, Toilet>>}
 */
export async function toiletsOf(desk, ids) {
  const known = new Map((await desk.toilets()).map((toilet) => [toilet.id, toilet]));
  const others = [...new Set(ids)].filter((id) => !known.has(id)).slice(0, 50);
  const read = await Promise.all(others.map((id) => desk.get(`/toilets/${id}`).catch(() => null)));
  for (const toilet of /** @type {(Toilet | null)[]} */ (read)) if (toilet) known.set(toilet.id, toilet);
  return known;
}
