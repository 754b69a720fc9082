// One suggestion: who says what of which toilet, and deciding it.

import { Failure } from '../../api.js';
import { convert } from '../../datum.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { language, t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { entry, formSheet } from '../keeping/form.js';
import { act, row, tag } from '../keeping/look.js';
import { when } from '../keeping/times.js';

/** @typedef {import('../suggestions.js').Seen} Seen */
/** @typedef {import('../keeping/types').Suggestion} Suggestion */
/** @typedef {import('../keeping/types').Suspected} Suspected */
/** @typedef {import('../../types').Position} Position */
/** @typedef {import('../../types').Crs} Crs */

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
function accept({ desk, again }, suggestion, name) {
  const isMissing = suggestion.kind === 'missing';
  const called = el('input', { name: 'name', value: name, required: true, maxlength: 128 });
  const others = el('div', { class: 'keep-others' });
  const place = isMissing ? placeOf(suggestion) : null;
  const map = place && el('div', { class: 'keep-small-map' });
  let isConfirmed = false;
  let { revision } = suggestion;
  formSheet(t(`suggestions.accept.${suggestion.kind}`), {
    fields: [el('p', {}, t(`suggestions.acceptWhat.${suggestion.kind}`, { name })), isMissing && entry(t('suggestions.name'), called), map, others],
    submit: t('suggestions.accept'), isDangerous: suggestion.kind === 'gone',
    meanings: { conflict: t('suggestions.already'), duplicateSuspected: t('suggestions.perhaps') },
    stale: async () => {
      /** @type {Suggestion} */
      const now = await desk.get(`/suggestions/${suggestion.id}`);
      revision = now.revision;
    },
    send: async (given) => {
      const stated = String(given.get('name') ?? '').trim();
      const body = { ...(isMissing && stated !== name && { facts: { name: stated } }), ...(isConfirmed && { confirmed: true }) };
      try {
        await desk.ask('POST', `/suggestions/${suggestion.id}/accept`, { body, ifMatch: String(revision) });
      } catch (error) {
        if (error instanceof Failure && error.code === 'duplicateSuspected') {
          isConfirmed = true;
          show(others, candidates(error));
        }
        throw error;
      }
      toast(t('suggestions.accepted.done'));
      await again();
    },
  });
  if (map && place) drawPlace(map, place, name).catch(() => map.remove());
}

/**
 * Where a toilet that is missing is said to stand, in the datum of the page.
 * @param {Suggestion} suggestion
 * @returns {Position | null}
 */
function placeOf({ changes }) {
  const stated = /** @type {(Position & {crs?: Crs}) | undefined} */ (changes.find(({ field }) => field === 'position')?.to);
  return stated?.latitude === undefined ? null : convert(stated, stated.crs ?? 'wgs84', settings.crs);
}

/**
 * The place among those that are there.
 * @param {HTMLElement} element
 * @param {Position} place
 * @param {string} name
 */
async function drawPlace(element, place, name) {
  const [{ makeMap, mark }, { showClusters }] = await Promise.all([import('../../map/map.js'), import('../../map/clusters.js')]);
  const map = await makeMap(element, { middle: place, zoom: 16 });
  (await mark(place, { text: '?', tone: 'here', size: 30, title: name })).setZIndexOffset(1000).addTo(map);
  await showClusters(map, (id) => open(`/toilets/${id}`, '_blank'));
}

/** @param {Failure} error which toilets may be meant */
function candidates(error) {
  const found = /** @type {Suspected | null} */ (error.problem)?.candidates ?? [];
  return el('ul', { class: 'keep-alternatives' }, found.map(({ id, name, distance }) => el('li', {}, el('a', { href: `/toilets/${id}`, target: '_blank' }, name),
    distance !== undefined && el('span', { class: 'quiet small' }, ` ${t('metres', { n: Math.round(distance) })}`))));
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
