// Taking a suggestion up: all that it says, or what of it the reader leaves ticked, in one request.

import { Failure } from '../../api.js';
import { convert } from '../../datum.js';
import { el, show, toast } from '../../dom.js';
import { t } from '../../i18n.js';
import { settings } from '../../settings.js';
import { entry, formSheet } from '../keeping/form.js';
import { refusal } from '../plans/refusal.js';
import { factTicks } from './facts.js';

/** @typedef {import('../suggestions.js').Seen} Seen */
/** @typedef {import('../keeping/types').Suggestion} Suggestion */
/** @typedef {import('../keeping/types').Suspected} Suspected */
/** @typedef {import('../../types').Position} Position */
/** @typedef {import('../../types').Crs} Crs */

/** Without these there is no toilet to be made. */
const NEEDED = ['name', 'position'];

/**
 * @param {Seen} seen
 * @param {Suggestion} suggestion
 * @param {string} name
 */
export function accept({ desk, again }, suggestion, name) {
  const { id, kind, changes } = suggestion;
  const isMissing = kind === 'missing';
  const called = el('input', { name: 'name', value: name, required: true, maxlength: 128 });
  const offered = changes.filter(({ field }) => !isMissing || !NEEDED.includes(field));
  const ticks = offered.length > 0 ? factTicks(offered) : null;
  const others = el('div', { class: 'keep-others' });
  const places = placesOf(suggestion);
  const map = places.then ? el('div', { class: 'keep-small-map' }) : null;
  let isConfirmed = false;
  let { revision } = suggestion;
  formSheet(t(`suggestions.accept.${kind}`), {
    fields: [el('p', {}, t(`suggestions.acceptWhat.${kind}`, { name })), isMissing && entry(t('suggestions.name'), called), ticks && ticks.element,
      map, map && el('p', { class: 'quiet small' }, t('suggestions.onMap')), others],
    submit: t('suggestions.accept'), isDangerous: kind === 'gone',
    meanings: { conflict: t('suggestions.already'), duplicateSuspected: t('suggestions.perhaps') },
    stale: async () => {
      /** @type {Suggestion} */
      const now = await desk.get(`/suggestions/${id}`);
      revision = now.revision;
    },
    send: async (given) => {
      if (!isMissing && ticks?.isNone()) throw refusal(t('suggestions.nothingLeft'));
      const stated = String(given.get('name') ?? '').trim();
      const without = ticks?.without() ?? [];
      const body = { ...(isMissing && stated !== name && { facts: { name: stated } }), ...(without.length > 0 && { without }), ...(isConfirmed && { confirmed: true }) };
      try {
        await desk.ask('POST', `/suggestions/${id}/accept`, { body, ifMatch: String(revision) });
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
  if (map) drawPlaces(map, places, name).catch(() => map.remove());
}

/**
 * Where a toilet stands, and where it is said to, in the datum of the page.
 * @param {Suggestion} suggestion
 * @returns {{now: Position | null, then: Position | null}}
 */
function placesOf({ changes }) {
  const change = changes.find(({ field }) => field === 'position');
  const read = (/** @type {unknown} */ value) => {
    const stated = /** @type {(Position & {crs?: Crs}) | null | undefined} */ (value);
    return stated?.latitude === undefined ? null : convert(stated, stated.crs ?? 'wgs84', settings.crs);
  };
  return { now: read(change?.from), then: read(change?.to) };
}

/**
 * The places among those that are there.
 * @param {HTMLElement} element
 * @param {{now: Position | null, then: Position | null}} places
 * @param {string} name
 */
async function drawPlaces(element, { now, then }, name) {
  if (!then) return;
  const [{ makeMap, mark }, { showClusters }] = await Promise.all([import('../../map/map.js'), import('../../map/clusters.js')]);
  const map = await makeMap(element, { middle: then, zoom: 16 });
  (await mark(then, { text: '?', tone: 'here', size: 30, title: name })).setZIndexOffset(1000).addTo(map);
  if (now) map.fitBounds([[now.latitude, now.longitude], [then.latitude, then.longitude]], { padding: [40, 40], maxZoom: 17 });
  await showClusters(map, (id) => open(`/toilets/${id}`, '_blank'));
}

/** @param {Failure} error which toilets may be meant */
function candidates(error) {
  const found = /** @type {Suspected | null} */ (error.problem)?.candidates ?? [];
  return el('ul', { class: 'keep-alternatives' }, found.map(({ id, name, distance }) => el('li', {}, el('a', { href: `/toilets/${id}`, target: '_blank' }, name),
    distance !== undefined && el('span', { class: 'quiet small' }, ` ${t('metres', { n: Math.round(distance) })}`))));
}
