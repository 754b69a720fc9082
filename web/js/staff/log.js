// The form of a record. Whatever is entered is kept on the device at once, so that nothing is lost with the page.

import { byId, el, show, toast } from '../dom.js';
import { nameOf } from '../facts.js';
import { clock } from '../format.js';
import { locate } from '../geo.js';
import { named, t } from '../i18n.js';
import { icon } from '../icons.js';
import { checklist } from './checklist.js';
import { reading } from './clocks.js';
import { TASKS, finish, fix, judged, planOf } from './drafting.js';
import { photosField } from './photosfield.js';
import { changed, draft as keptDraft, keepDraft } from './queue.js';
import { supplies } from './supplies.js';
import { ZONE } from './tell.js';

/** @typedef {import('./types').Draft} Draft */

/**
 * Shows the form of a draft.
 * @param {HTMLElement} main
 * @param {string} id
 * @param {{signal: AbortSignal, done: () => void}} view
 */
export async function log(main, id, { signal, done }) {
  const draft = await keptDraft(id);
  if (!draft) {
    // It was saved, or given up, in another tab.
    done();
    return;
  }
  const form = makeForm(draft, signal, done);
  show(main, form.element);
  scrollTo(0, 0);
  form.ask();
}

/**
 * @param {Draft} draft
 * @param {AbortSignal} signal
 * @param {() => void} done
 */
function makeForm(draft, signal, done) {
  const keep = keeper(draft, signal);
  const proof = el('div', { class: 'proof' });
  const points = el('div', { class: 'points' });
  const drawProof = () => show(proof, ...proofs(draft));
  const drawPoints = () => show(points, ...checklist(draft, keep));
  const said = el('p', { role: 'alert', class: 'log-said' });
  const save = el('button', { class: 'button main wide', type: 'submit' }, t('log.save'));
  const element = el('form', { class: 'log' },
    el('a', { class: 'plain back', href: '#' }, icon('back'), t('back')),
    el('section', { class: 'card' }, el('h1', {}, nameOf(draft.toilet)),
      el('p', { class: 'quiet' }, draft.toilet.code ? `${draft.toilet.code} · #${draft.toilet.id}` : `#${draft.toilet.id}`), proof, start(draft, keep)),
    el('section', { class: 'card' }, tasks(draft, () => {
      keep();
      drawPoints();
      show(said);
    }), points),
    el('section', { class: 'card' }, photosField(draft, keep)),
    el('section', { class: 'card' }, remarks(draft, keep), supplies(draft, keep)),
    el('div', { class: 'save-bar' }, said, save));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (draft.tasks.length === 0) {
      show(said, el('span', { class: 'note' }, t('log.noTask')));
      byId('tasks').scrollIntoView({ block: 'center' });
      return;
    }
    save.disabled = true;
    try {
      await finish(draft);
      toast(t('log.saved'));
      done();
    } catch {
      show(said, el('span', { class: 'note bad' }, t('log.notSaved')));
      save.disabled = false;
    }
  });
  drawProof();
  drawPoints();
  return { element, ask: () => ask(draft, keep, signal, drawProof, drawPoints) };
}

/**
 * What the device and the service can add: where this is, what the plate is, what is to be looked at. None of it is waited for.
 * @param {Draft} draft
 * @param {() => void} keep
 * @param {AbortSignal} signal
 * @param {() => void} drawProof
 * @param {() => void} drawPoints
 */
function ask(draft, keep, signal, drawProof, drawPoints) {
  const then = (/** @type {() => void} */ draw) => {
    if (signal.aborted) return;
    keep();
    draw();
  };
  locate().then((place) => {
    draft.position = fix(place);
    then(drawProof);
  }, () => undefined);
  if (draft.plate && !draft.plateIs) {
    judged(draft).then((is) => {
      if (is) draft.plateIs = is;
      then(drawProof);
    }, () => undefined);
  }
  if (!draft.checklists) {
    planOf(draft).then((found) => {
      Object.assign(draft, found);
      then(drawPoints);
    }, () => undefined);
  }
}

/**
 * Keeps what was entered: soon, and at once when the page may be about to go.
 * @param {Draft} draft
 * @param {AbortSignal} signal
 * @returns {() => void}
 */
function keeper(draft, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    keepDraft(structuredClone(draft)).then(() => signal.aborted && changed(), () => toast(t('log.notSaved')));
  };
  const now = () => timer !== undefined && write();
  document.addEventListener('visibilitychange', now, { signal });
  addEventListener('pagehide', now, { signal });
  signal.addEventListener('abort', now);
  return () => {
    clearTimeout(timer);
    timer = setTimeout(write, 150);
  };
}

/** @param {Draft} draft what shows that one is there: never asked for, only said */
function proofs(draft) {
  const { plate, plateIs, position } = draft;
  const tone = plateIs === 'staff' ? 'good' : plateIs ? 'doubt' : plate ? 'good' : '';
  return [
    el('p', {}, el('span', { class: `tag ${tone}` }, t(plate ? `plate.${plateIs ?? 'seen'}` : 'plate.none')),
      el('span', { class: `tag ${position ? 'good' : ''}` }, position ? t('position.there') : t('position.none'))),
    !plate && el('a', { class: 'button', href: '#scan' }, icon('scan'), t('plate.scan')),
  ];
}

/**
 * @param {Draft} draft
 * @param {() => void} keep
 */
function start(draft, keep) {
  const place = el('div', { class: 'start' });
  const draw = () => show(place, draft.startedAt
    ? el('p', { class: 'row' }, el('span', {}, t('draft.since', { time: clock(draft.startedAt, ZONE) })), el('button', { class: 'plain small', type: 'button', onclick: () => {
      delete draft.startedAt;
      keep();
      draw();
    } }, t('log.notStarted')))
    : el('button', { class: 'button', type: 'button', onclick: () => {
      draft.startedAt = reading().at;
      keep();
      draw();
    } }, t('log.start')));
  draw();
  return place;
}

/**
 * @param {Draft} draft
 * @param {() => void} changed
 */
function tasks(draft, changed) {
  return el('fieldset', { id: 'tasks' }, el('legend', {}, t('log.tasks')), el('div', { class: 'choices' }, TASKS.map((task) => {
    const button = el('button', { class: 'choice', type: 'button', 'aria-pressed': draft.tasks.includes(task), onclick: () => {
      draft.tasks = draft.tasks.includes(task) ? draft.tasks.filter((one) => one !== task) : [...draft.tasks, task];
      button.setAttribute('aria-pressed', String(draft.tasks.includes(task)));
      changed();
    } }, named('task', task));
    return button;
  })));
}

/**
 * @param {Draft} draft
 * @param {() => void} keep
 */
function remarks(draft, keep) {
  const text = el('textarea', { name: 'remarks', rows: 3, maxlength: 1000, placeholder: t('log.remarksHint') });
  text.value = draft.remarks;
  text.addEventListener('input', () => {
    draft.remarks = text.value;
    keep();
  });
  return el('label', { class: 'field' }, el('span', {}, t('log.remarks')), text);
}
