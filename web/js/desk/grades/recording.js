// Recording a grade, correcting one, and determining an AAA of 2016 as I.

import { choice } from '../../dialog.js';
import { el, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { day } from '../../format.js';
import { named, t } from '../../i18n.js';
import { entry, filled, formSheet } from '../keeping/form.js';
import { dayText } from '../keeping/times.js';
import { sendEvidence } from './evidence.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../keeping/types').RecordedGrade} RecordedGrade */
/** @typedef {{desk: Desk, toilet: Toilet, items: RecordedGrade[], again: () => Promise<void>}} Kept a toilet, its records, and how they are read again */

/** The grades of each standard, best first, as `src/domain/grade.rs` has them. Those before 2022 are recorded as history. @type {Record<string, string[]>} */
const GRADES = { 'GB/T 18973-2022': ['I', 'II'], 'CJJ 14-2016': ['一类', '二类', '三类'], 'GB/T 18973-2016': ['AAA', 'AA', 'A'], 'GB/T 18973-2003': ['5', '4', '3', '2', '1'] };
const DAYS = ['assessedOn', 'validTo', 'revokedOn'];
const WORDS = ['certificate', 'assessor'];

/** @param {Kept} kept */
export function recordGrade({ desk, toilet, items, again }) {
  const isTourist = toilet.kind === 'tourist';
  const standards = Object.keys(GRADES);
  const standard = choice('standard', standards.map((one) => [one, `${one} ${named('standard', one)}`]));
  standard.value = isTourist ? 'GB/T 18973-2022' : 'CJJ 14-2016';
  const grade = choice('grade', []);
  const supersedes = choice('supersedes', []);
  const follow = () => {
    fill(grade, GRADES[standard.value]?.map((one) => [one, named('gradeName', one)]) ?? []);
    const isUrban = (/** @type {string} */ name) => name === 'CJJ 14-2016';
    const same = items.filter((item) => isUrban(item.standard) === isUrban(standard.value) && item.supersededOn === undefined && item.standing !== 'revoked');
    fill(supersedes, [['', t('grades.noOther')], ...same.map((item) => /** @type {[string, string]} */ ([String(item.id), `${item.standard} ${named('gradeName', item.grade)}${item.assessedOn ? ` (${dayText(item.assessedOn)})` : ''}`]))]);
    if (same.length === 1) supersedes.value = String(same[0]?.id ?? '');
  };
  const photo = photoField();
  for (const control of [standard, grade]) control.required = true;
  standard.addEventListener('change', follow);
  follow();
  formSheet(t('grades.recordTitle', { name: nameOf(toilet) }), {
    fields: [entry(t('grades.standard'), standard), entry(t('grades.which'), grade), ...details(toilet.zone, null), entry(t('grades.supersedes'), supersedes, t('grades.supersedesHint')), entry(t('grades.photo'), photo, t('grades.photoHint'))],
    submit: t('grades.record'), meanings: meanings(),
    send: async (given, key) => {
      const { supersedes: old, ...rest } = filled(given, ['standard', 'grade', 'supersedes', ...DAYS, ...WORDS]);
      const body = { ...rest, ...(old && { supersedes: Number(old) }), ...(await sendEvidence(desk, photo)) };
      await desk.ask('POST', `/toilets/${toilet.id}/grades`, { body, key: key(body) });
      toast(t('keep.saved'));
      await again();
    },
  });
}

function photoField() {
  return el('input', { type: 'file', name: 'file', accept: 'image/jpeg,image/png,image/webp' });
}

/** What a refusal means here. */
function meanings() {
  return { conflict: t('grades.known'), 403: t('grades.notYours'), tooLarge: t('grades.photoLarge'), unsupportedMediaType: t('grades.photoKind') };
}

/**
 * @param {HTMLSelectElement} select
 * @param {[string, string][]} options
 */
function fill(select, options) {
  select.replaceChildren(...options.map(([value, text]) => el('option', { value }, text)));
}

/**
 * What is said besides the grade.
 * @param {string} zone
 * @param {RecordedGrade | null} record
 */
function details(zone, record) {
  const today = day(new Date(), zone);
  const date = (/** @type {string} */ name, /** @type {string | undefined} */ value, /** @type {string | null} */ max) => el('input', { type: 'date', name, value, max });
  const text = (/** @type {string} */ name, /** @type {string | undefined} */ value) => el('input', { name, value, maxlength: 128 });
  return [
    entry(t('grades.assessedOn'), date('assessedOn', record?.assessedOn, today)), entry(t('grades.validToDay'), date('validTo', record?.validTo, null), t('grades.validHint')),
    record ? entry(t('grades.revokedDay'), date('revokedOn', record.revokedOn, today), t('grades.revokedHint')) : null,
    entry(t('grades.number'), text('certificate', record?.certificate)), entry(t('grades.assessor'), text('assessor', record?.assessor)),
  ];
}

/**
 * @param {Kept} kept
 * @param {RecordedGrade} record
 */
export function correctGrade({ desk, toilet, again }, record) {
  const grade = choice('grade', (GRADES[record.standard] ?? [record.grade]).map((one) => [one, named('gradeName', one)]));
  grade.value = record.grade;
  grade.required = true;
  const photo = photoField();
  let { revision } = record;
  formSheet(t('grades.correctTitle', { standard: record.standard, grade: named('gradeName', record.grade) }), {
    fields: [entry(t('grades.which'), grade), ...details(toilet.zone, record), entry(t('grades.photo'), photo, record.evidence ? t('grades.photoInstead') : t('grades.photoHint'))],
    submit: t('keep.save'), meanings: meanings(),
    stale: async () => {
      /** @type {{items: RecordedGrade[]}} */
      const { items } = await desk.get(`/toilets/${toilet.id}/grades`);
      revision = items.find(({ id }) => id === record.id)?.revision ?? revision;
    },
    send: async (given) => {
      // What was emptied is taken away.
      const emptied = Object.fromEntries([...DAYS, ...WORDS].map((name) => [name, null]));
      const body = { ...emptied, ...filled(given, ['grade', ...DAYS, ...WORDS]), ...(await sendEvidence(desk, photo)) };
      await desk.ask('POST', `/toilets/${toilet.id}/grades/${record.id}`, { body, ifMatch: String(revision) });
      toast(t('keep.saved'));
      await again();
    },
  });
}

/**
 * @param {Kept} kept
 * @param {RecordedGrade} record
 */
export function convertGrade({ desk, toilet, again }, record) {
  const on = el('input', { type: 'date', name: 'on', max: day(new Date(), toilet.zone) });
  formSheet(t('grades.convert'), {
    fields: [el('p', {}, t('grades.convertWhat')), entry(t('grades.on'), on, t('grades.onHint')),
      entry(t('grades.number'), el('input', { name: 'certificate', maxlength: 128 })), entry(t('grades.assessor'), el('input', { name: 'assessor', maxlength: 128 }))],
    submit: t('grades.convert'), meanings: { 403: t('grades.notYours') },
    send: async (given, key) => {
      const body = filled(given, ['on', ...WORDS]);
      await desk.ask('POST', `/toilets/${toilet.id}/grades/${record.id}/conversion`, { body, key: key(body) });
      toast(t('keep.saved'));
      await again();
    },
  });
}
