// One line of a plan: what is due, on which days, at which times, how early and late it may be done, and what is looked at.

import { choice } from '../../dialog.js';
import { el, show } from '../../dom.js';
import { named, t } from '../../i18n.js';
import { icon } from '../../icons.js';
import { durationField } from './duration.js';
import { refusal } from './refusal.js';

/** @typedef {import('../types').PlanWindow} PlanWindow */
/** @typedef {import('../types').CheckPoint} CheckPoint */
/** @typedef {{element: HTMLElement, read: (place: number) => PlanWindow}} Editor */

const TASKS = ['thorough', 'round', 'disinfect', 'deep'];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What a line begins with. @type {PlanWindow} */
export const FIRST = { task: 'round', from: '08:00', to: '20:00', everyMinutes: 120, earlyMinutes: 30, lateMinutes: 30, graceMinutes: 60 };

/**
 * @param {PlanWindow} window what it begins with
 * @param {() => void} removed
 * @returns {Editor}
 */
export function windowEditor(window, removed) {
  const task = choice('task', TASKS.map((name) => [name, named('task', name)]));
  task.value = window.task;
  const days = daysField(window);
  const times = timesField(window);
  const lasting = /** @type {const} */ (['earlyMinutes', 'lateMinutes', 'graceMinutes']).map((name) => durationField(t(`window.${name}`), name, window[name], 0));
  const list = el('textarea', { name: 'checklist', rows: 4 });
  list.value = (window.checklist ?? []).map(({ name }) => name).join('\n');
  const remove = el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('window.remove'), title: t('window.remove'), onclick: removed }, icon('close'));
  const element = el('fieldset', { class: 'window card' },
    el('div', { class: 'window-head' }, el('div', { class: 'window-line' }, labelled(t('window.task'), task, 'task'), days.how, times.how), remove),
    ...days.more, ...times.more, el('div', { class: 'window-lasting' }, lasting.map((one) => one.element)), el('p', { class: 'quiet small' }, t('window.how')),
    el('details', {}, el('summary', {}, t('window.checklist')), labelled(t('window.checklistHow'), list, 'checklist')));
  return {
    element,
    read(place) {
      for (const field of element.querySelectorAll('[data-name]')) field.setAttribute('data-field', `windows.${place}.${field.getAttribute('data-name')}`);
      const [earlyMinutes = 0, lateMinutes = 0, graceMinutes = 0] = lasting.map((one) => one.read());
      const checklist = points(list.value, window.checklist ?? []);
      return { task: task.value, ...days.read(), ...times.read(), earlyMinutes, lateMinutes, graceMinutes, ...(checklist.length > 0 && { checklist }) };
    },
  };
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 * @param {string} name as the interface calls it
 */
function labelled(text, control, name) {
  return el('label', { class: 'field', 'data-name': name }, el('span', {}, text), control, el('small', { class: 'wrong', hidden: true }));
}

/** @param {PlanWindow} window */
function daysField(window) {
  const how = choice('days', [['every', t('days.every')], ['week', t('days.week')], ['month', t('days.month')]]);
  how.value = window.weekdays ? 'week' : window.monthDays ? 'month' : 'every';
  const boxes = WEEKDAYS.map((day) => el('input', { type: 'checkbox', value: day, checked: window.weekdays?.includes(day) ?? false }));
  const week = el('div', { class: 'weekdays', role: 'group', 'aria-label': t('days.week'), 'data-name': 'weekdays' },
    boxes.map((box) => el('label', {}, box, el('span', {}, named('weekday', box.value)))), el('small', { class: 'wrong', hidden: true }));
  const dates = el('input', { inputmode: 'numeric', placeholder: '1, 15', value: (window.monthDays ?? []).join(', ') });
  const month = labelled(t('days.monthHow'), dates, 'monthDays');
  const draw = () => {
    week.hidden = how.value !== 'week';
    month.hidden = how.value !== 'month';
  };
  how.addEventListener('change', draw);
  draw();
  return {
    how: labelled(t('window.days'), how, 'days'), more: [week, month],
    read() {
      if (how.value === 'week') return { weekdays: boxes.filter((box) => box.checked).map((box) => box.value) };
      return how.value === 'month' ? { monthDays: (dates.value.match(/\d+/g) ?? []).map(Number) } : {};
    },
  };
}

/** @param {PlanWindow} window */
function timesField(window) {
  const how = choice('times', [['every', t('times.every')], ['at', t('times.at')]]);
  how.value = window.at ? 'at' : 'every';
  const from = el('input', { type: 'time', value: window.from ?? '00:00', required: true });
  const to = el('input', { type: 'time', value: window.to ?? '23:59', required: true });
  const every = durationField(t('times.distance'), 'everyMinutes', window.everyMinutes ?? 120, 1);
  const at = el('input', { value: (window.at ?? []).join(', '), placeholder: '07:30, 13:00', autocomplete: 'off' });
  const span = el('div', { class: 'window-line' }, labelled(t('times.from'), from, 'from'), labelled(t('times.to'), to, 'to'), every.element);
  const list = labelled(t('times.atHow'), at, 'at');
  const draw = () => {
    span.hidden = how.value !== 'every';
    list.hidden = how.value === 'every';
  };
  how.addEventListener('change', draw);
  draw();
  return {
    how: labelled(t('window.times'), how, 'times'), more: [span, list],
    read: () => (how.value === 'every' ? { from: from.value, to: to.value, everyMinutes: every.read() } : { at: clockTimes(at.value) }),
  };
}

/**
 * Times as people type them, `7:30，13：00`, as the interface takes them. What is no time stays, so that the service names it.
 * @param {string} text
 */
export function clockTimes(text) {
  const pieces = text.replaceAll('：', ':').split(/[\s,，、;；]+/).filter(Boolean);
  return pieces.map((piece) => (/^\d:\d\d$/.test(piece) ? `0${piece}` : piece));
}

/**
 * The points of a list, one in each line; one whose words were there before keeps its code, by which logs know it.
 * @param {string} text
 * @param {CheckPoint[]} before
 * @returns {CheckPoint[]}
 */
export function points(text, before) {
  const names = [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];
  const taken = new Set(before.map(({ code }) => code));
  let next = 1;
  return names.map((name) => {
    const known = before.find((point) => point.name === name);
    if (known) return known;
    while (taken.has(`point-${next}`)) next += 1;
    taken.add(`point-${next}`);
    return { code: `point-${next}`, name };
  });
}

/**
 * The lines of a plan, with a way to add one.
 * @param {PlanWindow[]} windows
 */
export function windowsEditor(windows) {
  const place = el('div', { class: 'windows' });
  /** @type {Editor[]} */
  let editors = [];
  const draw = () => show(place, ...editors.map(({ element }) => element));
  const add = (/** @type {PlanWindow} */ window) => {
    const made = windowEditor(window, () => {
      editors = editors.filter((one) => one !== made);
      draw();
    });
    editors.push(made);
  };
  windows.forEach(add);
  draw();
  const read = () => {
    if (editors.length === 0) throw refusal(t('window.none'));
    return editors.map((one, index) => one.read(index));
  };
  const button = el('button', { class: 'button', type: 'button', onclick: () => {
    add(FIRST);
    draw();
    editors[editors.length - 1]?.element.querySelector('select')?.focus();
  } }, icon('add'), t('window.add'));
  return { element: el('div', { class: 'windows-all' }, place, el('p', { class: 'row' }, button)), read };
}
