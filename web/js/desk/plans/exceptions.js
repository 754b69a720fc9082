// Exceptions from plans: days on which nothing is due, other things are, or more.

import { choice, field } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { named, t } from '../../i18n.js';
import { confirmSheet, entry, filled, form } from '../keeping/form.js';
import { empty, head, row, rows, section, tag } from '../keeping/look.js';
import { mayEverywhere } from '../roles.js';
import { changesLook } from './changes.js';
import { namesOf, overField } from './over.js';
import { sentences } from './preview.js';
import { FIRST, windowsEditor } from './window.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').PlanException} PlanException */
/** @typedef {import('../types').PlanTemplate} PlanTemplate */

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * @param {Desk} desk
 * @param {PlanException[]} exceptions
 * @param {PlanTemplate[]} templates
 * @param {string} today
 * @param {() => void} changed
 */
export async function exceptionList(desk, exceptions, templates, today, changed) {
  const isOver = (/** @type {PlanException} */ { endedAt, to }) => endedAt !== undefined || (to !== undefined && to < today);
  const standing = exceptions.filter((one) => !isOver(one)).reverse();
  const over = exceptions.filter(isOver).reverse();
  const whose = await namesOf(desk, exceptions, templates);
  const line = (/** @type {PlanException} */ one) => row({
    title: whose(one.over), tags: [tag(named('effect', one.effect), one.effect === 'closed' ? 'doubt' : '')], facts: [one.reason],
    note: sentences(one),
    actions: mayTakeBack(desk, one) && !isOver(one) ? [el('button', { class: 'button', type: 'button', onclick: () => takeBack(desk, one, changed) }, t('plans.takeBack'))] : [],
  }, { 'data-exception': one.id });
  return section(t('plans.exceptions'), standing.length, standing.length > 0 ? rows(standing.map(line)) : empty(t('plans.noExceptions')),
    over.length > 0 && el('details', {}, el('summary', {}, t('plans.over', { n: over.length })), rows(over.map(line))));
}

/**
 * One for a body or a template is for whoever answers for everything.
 * @param {Desk} desk
 * @param {PlanException} exception
 */
function mayTakeBack(desk, { over }) {
  const isForAll = over.operator !== undefined || over.template !== undefined;
  return isForAll ? mayEverywhere(desk.me, 'editPlan') : desk.may('editPlan');
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
  const over = await overField(desk, toiletId);
  const effect = choice('effect', ['closed', 'instead', 'extra'].map((name) => [name, named('effect', name)]));
  const windows = windowsEditor([FIRST]);
  const days = daysFields();
  const draw = () => { windows.element.hidden = effect.value === 'closed'; };
  effect.addEventListener('change', draw);
  draw();
  const body = (/** @type {FormData} */ given) => ({
    over: over.read(), ...days.read(given), effect: effect.value, ...(effect.value !== 'closed' && { windows: windows.read() }), ...filled(given, ['reason']),
  });
  const changes = changesLook(desk, body);
  const made = form({
    fields: [over.element, ...days.elements, field(t('plans.effect'), effect), windows.element, entry(t('plans.reason'), el('input', { name: 'reason', maxlength: 1000 }), t('plans.reasonHow')), changes.element],
    submit: t('plans.saveException'),
    send: async (given, key) => {
      const wanted = body(given);
      await desk.ask('POST', '/exceptions', { body: wanted, key: key(wanted) });
      toast(t('plans.savedException'));
      desk.go('plans');
    },
  });
  // As it is typed, not as a field is left: what goes away then would move the button that is being pressed.
  made.addEventListener('input', changes.forget);
  for (const part of [over.element, windows.element]) part.addEventListener('click', ({ target }) => target instanceof Element && target.closest('button') && changes.forget());
  show(root, el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(t('plans.newException'), t('plans.exceptionLead')), section(t('plans.exception'), null, made));
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
