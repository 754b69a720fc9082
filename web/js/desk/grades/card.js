// One grade record: what it says, where it stands today, and what can be done about it.

import { el, toast } from '../../dom.js';
import { named, t } from '../../i18n.js';
import { confirmSheet } from '../keeping/form.js';
import { act, row, tag } from '../keeping/look.js';
import { dayText } from '../keeping/times.js';
import { convertGrade, correctGrade } from './recording.js';

/** @typedef {import('./recording.js').Kept} Kept */
/** @typedef {import('../keeping/types').RecordedGrade} RecordedGrade */

/**
 * @param {string} standing
 * @returns {'good' | 'doubt' | 'bad' | ''}
 */
export function standingTone(standing) {
  if (standing === 'current') return 'good';
  if (standing === 'convertible' || standing === 'reassess') return 'doubt';
  return standing === 'revoked' ? 'bad' : '';
}

/**
 * @param {Kept} kept
 * @param {RecordedGrade} record
 */
export function card(kept, record) {
  const name = named('gradeName', record.grade);
  const { assessedOn, validTo, revokedOn, supersededOn, certificate, assessor, evidence } = record;
  const days = [
    assessedOn ? t('grades.assessed', { day: dayText(assessedOn) }) : t('grades.noDay'),
    validTo && t('grades.validTo', { day: dayText(validTo) }), revokedOn && t('grades.revokedOn', { day: dayText(revokedOn) }),
    supersededOn && t('grades.supersededOn', { day: dayText(supersededOn) }), certificate && t('grades.certificate', { number: certificate }), assessor,
    evidence && el('a', { href: `/api/v1/photos/${evidence}`, target: '_blank' }, t('grades.evidence')),
  ];
  const may = kept.desk.may('recordGrade');
  return row({
    title: name, tags: [tag(named('standing', record.standing), standingTone(record.standing))], facts: days,
    actions: may ? [record.standing === 'convertible' && act(t('grades.convert'), name, () => convertGrade(kept, record), 'main'),
      act(t('grades.correct'), name, () => correctGrade(kept, record)), act(t('grades.withdraw'), name, () => withdraw(kept, record, name))] : [],
  }, { 'data-grade': record.id });
}

/**
 * @param {Kept} kept
 * @param {RecordedGrade} record
 * @param {string} name
 */
function withdraw({ desk, again }, record, name) {
  confirmSheet(t('grades.withdraw'), t('grades.withdrawWhat', { name }), t('grades.withdraw'), async () => {
    await desk.ask('DELETE', `/toilets/${record.toilet}/grades/${record.id}`, { ifMatch: String(record.revision) });
    toast(t('grades.withdrawn'));
    await again();
  }, { revisionStale: t('fault.stale') });
}
