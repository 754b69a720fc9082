// `#grades`: how the toilets stand under the standards and which are due for assessment. `#grades/17`: the records of one.

import { el, show } from '../dom.js';
import { nameOf } from '../facts.js';
import { percent } from '../format.js';
import { named, t } from '../i18n.js';
import { card, standingTone } from './grades/card.js';
import { recordGrade } from './grades/recording.js';
import { backTo, button, empty, figure, head, quietly, row, rows, section, tag } from './keeping/look.js';
import { areaNames, toiletSearch } from './keeping/pick.js';
import { dayText } from './keeping/times.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').RecordedGrade} RecordedGrade */
/** @typedef {import('./keeping/types').GradingReport} GradingReport */
/** @typedef {import('./keeping/types').DueAssessment} DueAssessment */
/** @typedef {import('../types').Toilet} Toilet */

const STANDARDS = ['GB/T 18973-2022', 'GB/T 18973-2016', 'GB/T 18973-2003', 'CJJ 14-2016'];
const PAGE = 20;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const id = Number(desk.path[0] ?? 0);
  if (id > 0) await one(root, desk, id);
  else await overview(root, desk);
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
async function overview(root, desk) {
  const area = desk.home;
  /** @type {[GradingReport, GradingReport, (code: string | undefined) => string, DueAssessment[]]} */
  const [tourist, urban, areaName, due] = await Promise.all([
    desk.get('/reports/grades', { area, standard: 'GB/T 18973-2022' }), desk.get('/reports/grades', { area, standard: 'CJJ 14-2016' }),
    areaNames(desk), desk.all('/reports/assessments-due', { area }, 1000)]);
  const share = (/** @type {import('./keeping/types').Share} */ { value, numerator, denominator }, /** @type {string} */ label) =>
    figure(value === undefined ? '—' : percent(value), label, t('custody.of', { n: numerator, of: denominator }));
  let shown = PAGE;
  const list = el('div');
  const draw = () => show(list, rows(due.slice(0, shown).map((item) => dueRow(item, areaName))),
    due.length > shown && button(t('keep.more', { n: due.length - shown }), () => {
      shown += 100;
      draw();
    }));
  draw();
  show(root, head(t('grades.title'), t('grades.lead')),
    el('section', { class: 'card keep-figures' }, share(tourist.onStandardInForce, t('grades.onNew')), share(urban.attainment, t('grades.urban')), figure(tourist.due, t('grades.dueCount'))),
    section(t('grades.find'), null, toiletSearch(desk, (toilet) => desk.go('grades', toilet.id))),
    section(t('grades.byStanding'), null, el('ul', { class: 'keep-standings' }, tourist.byStanding.map(({ what, count }) =>
      el('li', {}, tag(what ? named('standing', what) : t('grades.ungraded'), what ? standingTone(what) : ''), el('strong', { class: 'numbers' }, count))))),
    section(t('grades.due'), due.length, due.length === 0 ? empty(t('grades.noneDue')) : list));
}

/**
 * @param {DueAssessment} item
 * @param {(code: string | undefined) => string} areaName
 */
function dueRow(item, areaName) {
  return row({
    title: el('a', { href: `#grades/${item.id}` }, item.name), tags: [tag(named('gradeName', item.grade)), tag(named('standing', item.standing), standingTone(item.standing))],
    facts: [item.area && areaName(item.area), item.assessedOn ? t('grades.assessed', { day: dayText(item.assessedOn) }) : t('grades.noDay')],
  });
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id
 */
async function one(root, desk, id) {
  const read = async () => {
    /** @type {[Toilet, {items: RecordedGrade[]}]} */
    const [toilet, { items }] = await Promise.all([desk.get(`/toilets/${id}`), desk.get(`/toilets/${id}/grades`)]);
    const groups = STANDARDS.map((standard) => ({ standard, records: items.filter((item) => item.standard === standard).sort(latest) }));
    const kept = { desk, toilet, items, again };
    show(root, backTo(t('grades.all'), '#grades'),
      head(nameOf(toilet), t('grades.ofOne'), desk.may('recordGrade') && button(t('grades.record'), () => recordGrade(kept), 'main')),
      items.length === 0 && el('section', { class: 'card' }, empty(t('grades.noneHere'))),
      groups.filter(({ records }) => records.length > 0).map(({ standard, records }) =>
        section(standard, null, el('p', { class: 'quiet small' }, named('standard', standard)), rows(records.map((record) => card(kept, record))))));
  };
  const again = quietly(read);
  await read();
}

/** @type {(one: RecordedGrade, other: RecordedGrade) => number} */
function latest(one, other) {
  return (other.assessedOn ?? '').localeCompare(one.assessedOn ?? '') || other.id - one.id;
}
