// Exceptions from plans: days on which nothing is due, other things are, or more.

import { choice, field } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { named, t } from '../../i18n.js';
import { confirmSheet, entry, filled, form } from '../keeping/form.js';
import { empty, head, row, rows, section, tag } from '../keeping/look.js';
import { toiletSearch, toiletsOf } from '../keeping/pick.js';
import { sentences } from './preview.js';
import { refusal } from './refusal.js';
import { FIRST, windowsEditor } from './window.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').PlanException} PlanException */
/** @typedef {import('../../types').Toilet} Toilet */

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * @param {Desk} desk
 * @param {PlanException[]} exceptions
 * @param {string} today
 * @param {() => void} changed
 */
export async function exceptionList(desk, exceptions, today, changed) {
  const isOver = (/** @type {PlanException} */ { endedAt, to }) => endedAt !== undefined || (to !== undefined && to < today);
  const standing = exceptions.filter((one) => !isOver(one)).reverse();
  const over = exceptions.filter(isOver).reverse();
  const [toilets, areas] = await Promise.all([toiletsOf(desk, exceptions.flatMap((one) => one.over.toilet ?? [])), desk.areas()]);
  const whose = (/** @type {PlanException['over']} */ of) => {
    const toilet = of.toilet !== undefined && toilets.get(of.toilet);
    if (toilet) return nameOf(toilet);
    return areas.find(({ code }) => code === of.area)?.name ?? of.area ?? t('plans.several');
  };
  const line = (/** @type {PlanException} */ one) => row({
    title: whose(one.over), tags: [tag(named('effect', one.effect), one.effect === 'closed' ? 'doubt' : '')], facts: [one.reason],
    note: sentences(one),
    actions: desk.may('editPlan') && !isOver(one) ? [el('button', { class: 'button', type: 'button', onclick: () => takeBack(desk, one, changed) }, t('plans.takeBack'))] : [],
  }, { 'data-exception': one.id });
  return section(t('plans.exceptions'), standing.length, standing.length > 0 ? rows(standing.map(line)) : empty(t('plans.noExceptions')),
    over.length > 0 && el('details', {}, el('summary', {}, t('plans.over', { n: over.length })), rows(over.map(line))));
}

/**
 * @param {Desk} desk
 * @param {PlanException} exception
 * @param {() => void} changed
 */
function takeBack(desk, { id }, changed) {
  confirmSheet(t('plans.takeBack'), t('plans.takeBackWhat'), t('plans.takeBack'), async () => {
    const { etag } = await desk.ask('GET', `/exceptions/${id}`);
    await desk.ask('DELETE', `/exceptions/${id}`, { ...(etag && { ifMatch: etag }) });
    toast(t('plans.takenBack'));
    changed();
  });
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} [toiletId] for which toilet
 */
export async function newException(root, desk, toiletId) {
  const areas = await desk.areas();
  const over = overField(desk, areas.map(({ code, name }) => [code, name]), toiletId ? (await toiletsOf(desk, [toiletId])).get(toiletId) : undefined);
  const effect = choice('effect', ['closed', 'instead', 'extra'].map((name) => [name, named('effect', name)]));
  const windows = windowsEditor([FIRST]);
  const days = daysFields();
  const draw = () => { windows.element.hidden = effect.value === 'closed'; };
  effect.addEventListener('change', draw);
  draw();
  const made = form({
    fields: [over.element, ...days.elements, field(t('plans.effect'), effect), windows.element, entry(t('plans.reason'), el('input', { name: 'reason', maxlength: 1000 }), t('plans.reasonHow'))],
    submit: t('plans.saveException'),
    send: async (given, key) => {
      const body = { over: over.read(), ...days.read(given), effect: effect.value, ...(effect.value !== 'closed' && { windows: windows.read() }), ...filled(given, ['reason']) };
      await desk.ask('POST', '/exceptions', { body, key: key(body) });
      toast(t('plans.savedException'));
      desk.go('plans');
    },
  });
  show(root, el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(t('plans.newException'), t('plans.exceptionLead')), section(t('plans.exception'), null, made));
}

/**
 * For an area or for one toilet.
 * @param {Desk} desk
 * @param {[string, string][]} areas
 * @param {Toilet} [chosen]
 */
function overField(desk, areas, chosen) {
  let toilet = chosen;
  const how = choice('over', [['area', t('plans.overArea')], ['toilet', t('plans.overToilet')]]);
  how.value = toilet ? 'toilet' : 'area';
  const area = choice('area', areas);
  const name = el('p', { class: 'row' });
  const search = toiletSearch(desk, (found) => { toilet = found; draw(); });
  const areaField = field(t('today.area'), area);
  const one = el('div', {}, name, search);
  function draw() {
    areaField.hidden = how.value !== 'area';
    one.hidden = how.value === 'area';
    show(name, toilet ? tag(nameOf(toilet), 'good') : el('span', { class: 'quiet' }, t('plans.chooseToilet')));
  }
  const read = () => {
    if (how.value === 'area') return { area: area.value };
    if (!toilet) throw refusal(t('plans.chooseToilet'));
    return { toilet: toilet.id };
  };
  how.addEventListener('change', draw);
  draw();
  return { element: el('div', { 'data-field': 'over' }, field(t('plans.over2'), how), areaField, one, el('small', { class: 'wrong', hidden: true })), read };
}

/** On which days. */
function daysFields() {
  const boxes = WEEKDAYS.map((name) => el('input', { type: 'checkbox', value: name }));
  const kind = choice('dayKind', [['', t('plans.anyDay')], ...['holiday', 'working', 'free'].map((name) => /** @type {[string, string]} */ ([name, named('dayKind', name)]))]);
  const monthDay = { pattern: '[0-9]{2}-[0-9]{2}', placeholder: '05-01', maxlength: 5, title: t('plans.seasonForm') };
  const season = (/** @type {string} */ which, /** @type {string} */ label) => {
    const made = entry(label, el('input', { name: `season${which}`, ...monthDay }));
    made.dataset.field = `season.${which.toLowerCase()}`;
    return made;
  };
  return {
    elements: [
      el('div', { class: 'window-line' }, entry(t('plans.firstDay'), el('input', { name: 'from', type: 'date' })), entry(t('plans.lastDay'), el('input', { name: 'to', type: 'date' }))),
      el('details', {}, el('summary', {}, t('plans.moreDays')),
        el('div', { class: 'weekdays', role: 'group', 'aria-label': t('days.week') }, boxes.map((box) => el('label', {}, box, el('span', {}, named('weekday', box.value))))),
        el('div', { class: 'window-line' }, field(t('plans.dayKind'), kind), season('From', t('plans.seasonFrom')), season('To', t('plans.seasonTo')))),
    ],
    read(/** @type {FormData} */ given) {
      const { seasonFrom, seasonTo, ...span } = filled(given, ['from', 'to', 'seasonFrom', 'seasonTo']);
      const weekdays = boxes.filter((box) => box.checked).map((box) => box.value);
      return { ...span, ...((seasonFrom || seasonTo) && { season: { from: seasonFrom ?? '', to: seasonTo ?? '' } }), ...(weekdays.length > 0 && { weekdays }), ...(kind.value && { dayKind: kind.value }) };
    },
  };
}
