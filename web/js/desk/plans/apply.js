// Puts a template on many toilets: those that the reader sees and has ticked, and no other.

import { choice, field } from '../../dialog.js';
import { el, show } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { day } from '../../format.js';
import { named, t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { shifted } from '../figures/span.js';
import { entry, filled, form } from '../keeping/form.js';
import { head, section } from '../keeping/look.js';
import { previewer, sentences, slotsOn } from './preview.js';
import { refusal } from './refusal.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').PlanTemplate} PlanTemplate */
/** @typedef {import('../../types').Toilet} Toilet */

const KINDS = ['urban', 'tourist', 'village', 'roadside', 'shared'];
/** The most toilets of one application. */
const MOST = 200;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id
 */
export async function apply(root, desk, id) {
  /** @type {[PlanTemplate, Toilet[], import('../../types').Area[]]} */
  const [template, toilets, areas] = await Promise.all([desk.get(`/plan-templates/${id}`), desk.toilets(), desk.areas()]);
  const today = day(new Date(), desk.zone);
  const which = chooser(desk, toilets.filter(({ status }) => status !== 'retired'), areas);
  const made = form({
    fields: [which.element,
      el('div', { class: 'window-line' }, entry(t('plans.from'), el('input', { name: 'from', type: 'date', value: shifted(today, 1), min: today, title: t('plans.notPast'), required: true }), t('plans.fromHow')), entry(t('plans.to'), el('input', { name: 'to', type: 'date' }), t('plans.toHow'))),
      previewer(desk, (given) => {
        const [first] = which.read();
        if (first === undefined) throw refusal(t('plans.chooseSome'));
        return { toilet: first, body: { template: id, ...filled(given, ['from', 'to']) } };
      })],
    submit: t('plans.applyNow'),
    send: async (given, key) => {
      const body = { template: id, ...filled(given, ['from', 'to']), toilets: which.read() };
      if (body.toilets.length === 0 || body.toilets.length > MOST) throw refusal(body.toilets.length === 0 ? t('plans.chooseSome') : t('plans.tooMany', { n: body.toilets.length, most: MOST }));
      /** @type {import('../../api.js').Answer<import('../types').PlanApplied>} */
      const { body: applied } = await desk.ask('POST', '/plans/apply', { body, key: key(body) });
      show(root, ...told(desk, applied, String(given.get('from')), new Map(toilets.map((toilet) => [toilet.id, toilet]))));
      scrollTo(0, 0);
    },
  });
  show(root, el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(t('plans.applyTitle', { name: template.name }), t('plans.applyLead')),
    section(t('plans.says'), null, sentences(template)), section(t('plans.which'), null, made));
}

/**
 * Toilets that fit, each with a tick.
 * @param {Desk} desk
 * @param {Toilet[]} toilets
 * @param {import('../../types').Area[]} areas
 */
function chooser(desk, toilets, areas) {
  const area = choice('area', [['', t('today.allAreas')], ...areas.map((one) => /** @type {[string, string]} */ ([one.code, one.name]))]);
  const kind = choice('kind', [['', t('plans.anyKind')], ...KINDS.map((name) => /** @type {[string, string]} */ ([name, named('kind', name)]))]);
  const operators = new Map(toilets.flatMap(({ operator }) => (operator ? [[operator.id, operator.name]] : [])));
  const operator = choice('operator', [['', t('plans.anyOperator')], ...[...operators].map(([id, name]) => /** @type {[string, string]} */ ([String(id), String(name)]))]);
  const list = el('div', { class: 'ticks', role: 'group', 'aria-label': t('plans.which') });
  const sum = el('p', { class: 'small', role: 'status' });
  /** @type {HTMLInputElement[]} */
  let boxes = [];
  const chosen = () => boxes.filter((box) => box.checked).map((box) => Number(box.value));
  const count = () => show(sum, t('plans.chosen', { n: chosen().length, of: boxes.length }));
  const draw = async () => {
    /** @type {Toilet[] | null} */
    const within = area.value ? await desk.all('/toilets', { area: area.value, crs: settings.crs }) : null;
    const ids = within && new Set(within.map(({ id }) => id));
    const fit = toilets.filter((one) => (!ids || ids.has(one.id)) && (!kind.value || one.kind === kind.value) && (!operator.value || String(one.operator?.id) === operator.value));
    // Nothing is ticked until something narrows them down: nobody means all by doing nothing.
    const isNarrow = Boolean(area.value || kind.value || operator.value);
    boxes = fit.map(({ id }) => el('input', { type: 'checkbox', value: id, checked: isNarrow }));
    show(list, boxes.map((box, place) => el('label', {}, box, el('span', {}, nameOf(/** @type {Toilet} */ (fit[place])), ' ', el('span', { class: 'quiet small' }, fit[place]?.area?.name)))));
    count();
  };
  const tick = (/** @type {boolean} */ is) => {
    for (const box of boxes) box.checked = is;
    count();
  };
  list.addEventListener('change', count);
  const filter = el('div', { class: 'window-line', onchange: draw }, field(t('today.area'), area), field(t('plans.kind'), kind), field(t('plans.operator'), operator));
  draw();
  return {
    element: el('div', {}, filter, el('div', { class: 'row' }, sum, el('button', { class: 'plain', type: 'button', onclick: () => tick(true) }, t('plans.tickAll')), el('button', { class: 'plain', type: 'button', onclick: () => tick(false) }, t('plans.tickNone'))), list),
    read: chosen,
  };
}

/**
 * What became of each, and what is due on the first day.
 * @param {Desk} desk
 * @param {import('../types').PlanApplied} applied
 * @param {string} from
 * @param {Map<number, Toilet>} toilets
 */
function told(desk, { made, left }, from, toilets) {
  const name = (/** @type {number} */ id) => { const one = toilets.get(id); return one ? nameOf(one) : `#${id}`; };
  const place = el('div');
  const which = choice('preview', made.map(({ toilet }) => [String(toilet), name(toilet)]));
  const draw = () => show(place, slotsOn(desk, Number(which.value), from));
  which.addEventListener('change', draw);
  if (made.length > 0) draw();
  return [
    el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(t('plans.applied'), t('plans.appliedLead', { n: made.length, from })),
    left.length > 0 ? section(t('plans.left'), left.length, el('p', { class: 'quiet' }, t('plans.leftWhy')), el('ul', { class: 'plan-lines' }, left.map(({ toilet }) => el('li', {}, name(toilet))))) : null,
    made.length > 0 ? section(t('plans.dueOn', { date: from }), null, field(t('plans.seeToilet'), which), place) : null,
  ];
}
