// What is to be looked at: a point each, in order or not. A point that was left alone is not sent.

import { el } from '../dom.js';
import { language, named, t } from '../i18n.js';

/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').Task} Task */
/** @typedef {import('./types').CheckPoint} CheckPoint */

/**
 * @param {Draft} draft
 * @param {() => void} keep
 */
export function checklist(draft, keep) {
  return draft.tasks.flatMap((task) => {
    const points = draft.checklists?.[task] ?? [];
    if (points.length === 0) return [];
    const rows = points.map((point) => row(draft, task, point, keep));
    const all = el('button', { class: 'plain small', type: 'button', onclick: () => {
      for (const { set } of rows) set({ ok: true });
      keep();
    } }, t('check.all'));
    const title = t('check.of', { task: named('task', task) });
    return [el('div', { class: 'checks', role: 'group', 'aria-label': title }, el('div', { class: 'card-head' }, el('h2', {}, title), all), ...rows.map(({ element }) => element))];
  });
}

/**
 * @param {Draft} draft
 * @param {Task} task
 * @param {CheckPoint} point
 * @param {() => void} keep
 */
function row(draft, task, point, keep) {
  const key = `${task} ${point.code}`;
  const name = (language === 'en' && point.nameEn) || point.name;
  const note = el('input', { type: 'text', maxlength: 255, placeholder: t('check.note'), 'aria-label': t('check.noteOf', { name }), value: draft.answers[key]?.note ?? '' });
  const buttons = [true, false].map((ok) => el('button', { class: ok ? 'mark ok' : 'mark bad', type: 'button', onclick: () => {
    set(draft.answers[key]?.ok === ok ? null : { ok });
    keep();
    if (!ok && draft.answers[key]) note.focus();
  } }, t(ok ? 'check.ok' : 'check.bad')));
  note.addEventListener('input', () => {
    draft.answers[key] = { ok: false, note: note.value };
    keep();
  });
  /** @param {{ok: boolean} | null} answer */
  const set = (answer) => {
    if (answer) draft.answers[key] = { ...answer, ...(!answer.ok && note.value && { note: note.value }) };
    else delete draft.answers[key];
    draw();
  };
  const draw = () => {
    const ok = draft.answers[key]?.ok;
    buttons.forEach((button, place) => button.setAttribute('aria-pressed', String(ok === (place === 0))));
    note.hidden = ok !== false;
  };
  draw();
  const element = el('div', { class: 'check', role: 'group', 'aria-label': name }, el('span', { class: 'name' }, name), el('span', { class: 'marks' }, buttons), note);
  return { element, set };
}
