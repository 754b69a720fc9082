// One suggestion: what is said of which toilet, and turning it down.

import { el, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { language, t } from '../../i18n.js';
import { entry, formSheet } from '../keeping/form.js';
import { act, row, tag } from '../keeping/look.js';
import { when } from '../keeping/times.js';
import { accept } from './accepting.js';

/** @typedef {import('../suggestions.js').Seen} Seen */
/** @typedef {import('../keeping/types').Suggestion} Suggestion */

/**
 * @param {Seen} seen
 * @param {Suggestion} suggestion
 */
export function card(seen, suggestion) {
  const { desk, areaName } = seen;
  const name = nameFor(seen, suggestion);
  const { state, changes, remark, reason, sentAt, decidedAt, checked } = suggestion;
  const isOpen = state === 'open' && desk.may('reviewSuggestion');
  const line = row({
    title: suggestion.toilet ? el('a', { href: `/toilets/${suggestion.toilet}`, target: '_blank' }, name) : name,
    tags: [tag(t(`suggestions.kind.${suggestion.kind}`), suggestion.kind === 'gone' ? 'bad' : 'doubt'), checked === false && tag(t('suggestions.unchecked'), 'bad')],
    facts: [suggestion.area && areaName(suggestion.area), t('suggestions.sent', { time: when(sentAt, desk.zone) }), decidedAt && t('suggestions.decided', { time: when(decidedAt, desk.zone) })],
    actions: isOpen ? [act(t('suggestions.accept'), name, () => accept(seen, suggestion, name), 'main'), act(t('suggestions.reject'), name, () => reject(seen, suggestion, name))] : [],
  }, { 'data-suggestion': suggestion.id });
  line.querySelector('.what')?.append(...[
    changes.length > 0 && el('ul', { class: 'keep-changes' }, changes.map((change) => el('li', {}, language === 'en' ? change.textEn : change.text))),
    remark && el('blockquote', { class: 'small' }, remark), reason && el('p', { class: 'small quiet' }, t('suggestions.because', { reason }))].filter((one) => one instanceof Node));
  return line;
}

/**
 * @param {Seen} seen
 * @param {Suggestion} suggestion
 */
function nameFor({ toilets }, { toilet, changes }) {
  const known = toilet === undefined ? undefined : toilets.get(toilet);
  if (known) return nameOf(known);
  const stated = changes.find(({ field }) => field === 'name')?.to;
  return typeof stated === 'string' ? stated : toilet ? `#${toilet}` : t('suggestions.noName');
}

/**
 * @param {Seen} seen
 * @param {Suggestion} suggestion
 * @param {string} name
 */
function reject({ desk, again }, suggestion, name) {
  formSheet(`${t('suggestions.reject')} · ${name}`, {
    fields: [entry(t('suggestions.reason'), el('textarea', { name: 'reason', rows: 3, maxlength: 1000, required: true }), t('suggestions.reasonHint'))],
    submit: t('suggestions.reject'), meanings: { conflict: t('suggestions.already') },
    send: async (given) => {
      const body = { reason: String(given.get('reason')).trim() };
      await desk.ask('POST', `/suggestions/${suggestion.id}/reject`, { body, ifMatch: String(suggestion.revision) });
      toast(t('suggestions.rejected.done'));
      await again();
    },
  });
}
