// The nearest usable toilets of the copy, as the service would find them. Pure but for the distance.

import { distance } from '../geo.js';
import { opening } from './open.js';

/** @typedef {import('../types').Bundle} Bundle */
/** @typedef {import('../types').BundleItem} BundleItem */
/** @typedef {import('../types').NearToilet} NearToilet */
/** @typedef {import('../types').Fact} Fact */
/** @typedef {import('../types').Position} Position */

/** @type {Record<string, Fact>} */
const LETTERS = { y: 'yes', l: 'limited', n: 'no' };

/**
 * @param {Bundle} bundle
 * @param {Position} position
 * @param {{needs: string[], grades: string[]}} wanted
 * @param {Date} at
 * @param {number} [limit]
 * @returns {NearToilet[]}
 */
export function nearest(bundle, position, wanted, at, limit = 20) {
  const found = [];
  for (const item of bundle.items) {
    if (item.planned || item.access === 'private' || item.latitude === undefined || item.longitude === undefined) continue;
    const toilet = unpack(item, bundle, position, at);
    if (toilet.open?.now === false || !meets(toilet, item, bundle, wanted)) continue;
    found.push(toilet);
  }
  found.sort((one, other) => one.distance - other.distance || one.id - other.id);
  return found.slice(0, limit);
}

/**
 * An item as the service would tell of it, as far as the copy knows.
 * @param {BundleItem} item
 * @param {Bundle} bundle
 * @param {Position} from
 * @param {Date} at
 * @returns {NearToilet}
 */
export function unpack(item, bundle, from, at) {
  const position = { latitude: item.latitude ?? 0, longitude: item.longitude ?? 0 };
  const hours = opening(item, bundle, at);
  const area = item.area === undefined ? undefined : bundle.areas[item.area];
  const facts = bundle.facilities.map((facility, place) => [facility, LETTERS[item.facilities?.[place] ?? '-']]);
  return {
    id: item.id, name: item.name, zone: item.zone ?? bundle.zone, position, revision: 0, bearing: 0,
    status: item.planned ? 'planned' : 'inService', distance: distance(from, position),
    ...(item.nameEn && { nameEn: item.nameEn }), ...(item.address && { address: item.address }), ...(area && { area }),
    ...(item.fee && { fee: item.fee }), facilities: Object.fromEntries(facts.filter(([, fact]) => fact)),
    grades: (item.grades ?? []).map((grade) => ({ standard: '', grade, standing: 'current' })),
    ...(hours && { open: { now: hours.now, ...(hours.until && { until: hours.until.toISOString() }), ...(hours.opensAt && { opensAt: hours.opensAt.toISOString() }) } }),
    ...(!hours && { unsure: ['hours'] }),
  };
}

/**
 * @param {NearToilet} toilet
 * @param {BundleItem} item
 * @param {Bundle} bundle
 * @param {{needs: string[], grades: string[]}} wanted
 */
function meets(toilet, item, bundle, { needs, grades }) {
  if (grades.length > 0 && !(item.grades ?? []).some((grade) => grades.includes(grade))) return false;
  return needs.every((need) => {
    if (need === 'free') return item.fee === 'no';
    if (need === 'allDay') return isAllDay(item, bundle);
    return toilet.facilities?.[/** @type {import('../types').Need} */ (need)] === 'yes';
  });
}

/**
 * @param {BundleItem} item
 * @param {Bundle} bundle
 */
function isAllDay(item, bundle) {
  const week = item.week === undefined ? [] : bundle.weeks[item.week] ?? [];
  return week.reduce((minutes, [from, to]) => minutes + to - from, 0) >= 7 * 1440;
}
