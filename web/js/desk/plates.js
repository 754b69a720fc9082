// `#plates`: choosing toilets and printing their QR plates at true size, and putting another plate in the place of one.

import { choice } from '../dialog.js';
import { el, show, toast } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { confirmSheet } from './keeping/form.js';
import { act, button, empty, head } from './keeping/look.js';
import { areaChoices } from './keeping/pick.js';
import { ON_A_SHEET, sheets } from './plates/sheets.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').Plate} Plate */
/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {Plate['kind']} Kind */

/** More plates than this are printed in several goes, so that the browser holds their drawings. */
const MOST = 120;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const [toilets, areas] = await Promise.all([desk.toilets(), areaChoices(desk)]);
  const hung = toilets.filter(({ status }) => status !== 'retired');
  /** @type {Set<number>} */
  const chosen = new Set(desk.path[0] ? [Number(desk.path[0])] : []);
  const area = choice('area', [['', t('plates.allAreas')], ...areas.slice(1)]);
  const search = el('input', { type: 'search', maxlength: 64, placeholder: t('plates.searchHow') });
  const kind = choice('kind', [['citizen', t('plates.citizen')], ['staff', t('plates.staff')], ['both', t('plates.both')]]);
  const list = el('ul', { class: 'keep-rows keep-checks' });
  const sum = el('p', { class: 'quiet', role: 'status' });
  const make = button(t('plates.preview'), () => preview(root, desk, hung.filter(({ id }) => chosen.has(id)), kinds()), 'main');
  const kinds = () => /** @type {Kind[]} */ (kind.value === 'both' ? ['citizen', 'staff'] : [kind.value]);
  const fitting = () => hung.filter((toilet) => (area.value === '' || toilet.area?.code === area.value)
    && [nameOf(toilet), toilet.name, toilet.code, `#${toilet.id}`].some((text) => text?.toLowerCase().includes(search.value.trim().toLowerCase())));
  const count = () => {
    const plates = chosen.size * kinds().length;
    const tooMany = plates > MOST;
    show(sum, tooMany ? t('plates.tooMany', { most: MOST, n: plates }) : t('plates.chosen', { n: chosen.size, plates, sheets: Math.ceil(plates / ON_A_SHEET) }));
    make.disabled = chosen.size === 0 || tooMany;
  };
  const draw = () => {
    const found = fitting();
    show(list, found.map((toilet) => line(desk, toilet, chosen, count)));
    if (found.length === 0) show(list, el('li', {}, empty(t('plates.none'))));
    count();
  };
  const all = (/** @type {boolean} */ isOn) => () => {
    for (const { id } of fitting()) if (isOn) chosen.add(id); else chosen.delete(id);
    draw();
  };
  for (const control of [area, search]) control.addEventListener('input', draw);
  kind.addEventListener('change', count);
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ control) => el('label', { class: 'field' }, el('span', {}, text), control);
  show(root, head(t('plates.title'), t('plates.lead')),
    el('section', { class: 'card keep-section keep-plates' },
      el('div', { class: 'keep-filter' }, labelled(t('plates.which'), kind), labelled(t('plates.area'), area), labelled(t('plates.search'), search)),
      el('div', { class: 'row keep-sum' }, button(t('plates.all'), all(true)), button(t('plates.nobody'), all(false)), el('div', { class: 'grow' }, sum), make), list));
  draw();
}

/**
 * @param {Desk} desk
 * @param {Toilet} toilet
 * @param {Set<number>} chosen
 * @param {() => void} changed
 */
function line(desk, toilet, chosen, changed) {
  const box = el('input', { type: 'checkbox', checked: chosen.has(toilet.id), onchange: () => {
    if (box.checked) chosen.add(toilet.id);
    else chosen.delete(toilet.id);
    changed();
  } });
  return el('li', { class: 'keep-row', 'data-toilet': toilet.id }, el('label', { class: 'keep-check' }, box,
    el('span', { class: 'what' }, el('strong', {}, nameOf(toilet)), el('span', { class: 'quiet small' }, [`#${toilet.id}`, toilet.code, toilet.area?.name].filter(Boolean).join(' · ')))),
  act(t('plates.replace'), nameOf(toilet), () => replace(desk, toilet)));
}

/**
 * The sheets as they will be printed.
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {Toilet[]} toilets
 * @param {Kind[]} kinds
 */
function preview(root, desk, toilets, kinds) {
  const before = [...root.childNodes];
  const back = () => show(root, ...before);
  const { paper, ready } = sheets(toilets, kinds);
  const print = button(t('keep.print'), () => globalThis.print(), 'main');
  print.disabled = true;
  const said = el('p', { class: 'quiet', role: 'status' }, t('plates.drawing'));
  show(root, head(t('plates.print'), t('plates.printLead'), button(t('back'), back), print), said, kinds.includes('staff') && el('p', { class: 'note' }, t('plates.secret')), paper);
  scrollTo(0, 0);
  ready.then((failed) => {
    print.disabled = failed > 0;
    show(said, failed > 0 ? el('span', { class: 'note bad' }, t('plates.failed', { n: failed })) : t('plates.ready', { n: toilets.length * kinds.length }));
  });
  desk.signal.addEventListener('abort', () => show(root));
}

/**
 * Another plate in the place of one that was lost or copied.
 * @param {Desk} desk
 * @param {Toilet} toilet
 */
async function replace(desk, toilet) {
  const name = nameOf(toilet);
  try {
    /** @type {{items: Plate[]}} */
    const { items } = await desk.get(`/toilets/${toilet.id}/plates`);
    const kind = choice('kind', items.map((plate) => [plate.kind, `${t(`plates.${plate.kind}`)} · S${plate.serial}`]));
    const dialog = confirmSheet(`${t('plates.replace')} · ${name}`, t('plates.replaceWhat'), t('plates.replaceGo'), async () => {
      const serial = items.find((plate) => plate.kind === kind.value)?.serial;
      await desk.ask('POST', `/toilets/${toilet.id}/plates`, { body: { kind: kind.value, replaces: serial } });
      toast(t('plates.replaced', { name }));
    }, { conflict: t('plates.replacedAlready') });
    dialog.querySelector('form')?.prepend(el('label', { class: 'field' }, el('span', {}, t('plates.which')), kind));
  } catch (error) {
    const { faults } = await import('./keeping/faults.js');
    toast(faults(error).rest);
  }
}
