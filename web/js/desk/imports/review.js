// What taking a file in would change, row by row, and deciding it.

import { el, show, toast } from '../../dom.js';
import { language, named, t } from '../../i18n.js';
import { confirmSheet } from '../keeping/form.js';
import { backTo, button, empty, figure, head, quietly, row, rows, section, tag } from '../keeping/look.js';
import { when } from '../keeping/times.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../keeping/types').Import} Import */
/** @typedef {import('../keeping/types').ImportReport} ImportReport */
/** @typedef {import('../keeping/types').ImportChange} ImportChange */

const COUNTS = /** @type {const} */ (['read', 'created', 'updated', 'unchanged', 'rejected', 'repeated', 'skipped', 'retired']);
/** How many rows are shown before more are asked for. */
const SHOWN = 50;
const AGAIN = 3000;

/** @param {Import} file */
export function stateTag({ state, outdated }) {
  if (state === 'ready' && outdated) return tag(t('imports.outdated'), 'bad');
  const tone = state === 'applied' ? 'good' : state === 'failed' ? 'bad' : 'doubt';
  return tag(t(`imports.state.${state}`), tone);
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id
 */
export async function review(root, desk, id) {
  const read = async () => {
    /** @type {Import} */
    const file = await desk.get(`/imports/${id}`);
    if (desk.signal.aborted) return;
    const { report } = file;
    const isReady = file.state === 'ready' && !file.outdated;
    show(root, backTo(t('imports.all'), '#imports'),
      head(named('profile', file.profile), `${file.source} · ${t('imports.at', { time: when(file.uploadedAt, desk.zone) })}`, isReady && desk.may('applyImport') && button(t('imports.apply'), () => apply(desk, file, again), 'main'),
        file.state !== 'applying' && button(t('imports.discard'), () => discard(desk, file))),
      el('p', { class: 'keep-state', role: 'status' }, stateTag(file), el('span', {}, standing(file, desk))),
      report && counts(report), report && changes(report), report && remarks(report));
    if (file.state === 'applying') {
      const timer = setTimeout(again, AGAIN);
      desk.signal.addEventListener('abort', () => clearTimeout(timer));
    }
  };
  const again = quietly(read);
  await read();
}

/**
 * @param {Import} file
 * @param {Desk} desk
 */
function standing(file, desk) {
  if (file.state === 'ready') return t(file.outdated ? 'imports.outdatedWhy' : 'imports.readyWhy', { time: when(file.expiresAt, desk.zone) });
  if (file.state === 'applied') return t('imports.appliedAt', { time: when(file.appliedAt ?? file.uploadedAt, desk.zone) });
  return file.state === 'failed' ? `${t('imports.failedWhy')} ${file.reason ?? ''}` : t('imports.applyingWhy');
}

/** @param {ImportReport} report */
function counts(report) {
  return el('section', { class: 'card keep-figures small-figures' }, COUNTS.filter((name) => name === 'read' || report[name] > 0).map((name) => figure(report[name], t(`imports.count.${name}`))));
}

/** @param {ImportReport} report */
function changes({ changes: list, changesLeftOut }) {
  return section(t('imports.changes'), list.length + changesLeftOut, list.length === 0 ? empty(t('imports.noChanges')) : paged(list.map(change)), changesLeftOut > 0 && empty(t('imports.leftOut', { n: changesLeftOut })));
}

/** @param {ImportChange} one */
function change({ outcome, key, toilet, line, changes: fields }) {
  const tone = outcome === 'created' ? 'good' : outcome === 'retired' ? 'bad' : 'doubt';
  const made = row({
    title: toilet ? el('a', { href: `/toilets/${toilet}`, target: '_blank' }, key) : key, tags: [tag(named('imports.count', outcome), tone)],
    facts: [line !== undefined && t('imports.line', { n: line })],
  });
  made.querySelector('.what')?.append(el('ul', { class: 'keep-changes' }, fields.map((field) => el('li', {}, language === 'en' ? field.textEn : field.text))));
  return made;
}

/** @param {ImportReport} report */
function remarks({ rows: list, rowsLeftOut }) {
  return section(t('imports.remarks'), list.length + rowsLeftOut, list.length === 0 ? empty(t('imports.noRemarks')) : paged(list.map((one) => row({
    title: t('imports.line', { n: one.line }), tags: [tag(named('imports.count', one.outcome), one.outcome === 'rejected' ? 'bad' : '')],
    facts: [one.field], note: `${one.message} (${one.code})`,
  }))), rowsLeftOut > 0 && empty(t('imports.leftOut', { n: rowsLeftOut })));
}

/** @param {HTMLElement[]} lines some, and the rest when asked for */
function paged(lines) {
  const list = rows(lines.slice(0, SHOWN));
  if (lines.length <= SHOWN) return list;
  const more = button(t('keep.more', { n: lines.length - SHOWN }), () => {
    list.append(...lines.slice(SHOWN));
    more.remove();
  });
  return el('div', {}, list, more);
}

/**
 * @param {Desk} desk
 * @param {Import} file
 * @param {() => Promise<void>} again
 */
function apply(desk, file, again) {
  const { created = 0, updated = 0, retired = 0 } = file.report ?? {};
  confirmSheet(t('imports.apply'), t('imports.applyWhat', { created, updated, retired }), t('imports.apply'), async () => {
    await desk.ask('POST', `/imports/${file.id}/apply`, { ifMatch: String(file.revision) });
    toast(t('imports.applied'));
    await again();
  }, { conflict: t('imports.outdatedWhy'), 503: t('imports.busy') });
}

/**
 * @param {Desk} desk
 * @param {Import} file
 */
function discard(desk, file) {
  confirmSheet(t('imports.discard'), t('imports.discardWhat'), t('imports.discard'), async () => {
    await desk.ask('DELETE', `/imports/${file.id}`, { ifMatch: String(file.revision) });
    toast(t('imports.discarded'));
    desk.go('imports');
  });
}
