// The card of the round.

import { el } from '../dom.js';
import { nameOf } from '../facts.js';
import { ago, clock, metres } from '../format.js';
import { named, t } from '../i18n.js';
import { standing } from './round.js';
import { ZONE } from './tell.js';

/** @typedef {import('./types').KeptRound} KeptRound */
/** @typedef {import('./types').RoundStop} RoundStop */
/** @typedef {import('./types').Entry} Entry */
/** @typedef {ReturnType<typeof standing>[number]} Standing */
/** @typedef {{open: (stop: RoundStop) => void, again: (ask: boolean) => void}} Actions */

/** @type {Record<Standing['state'], string>} */
const TONES = { done: 'good', overdue: 'bad', now: '', later: 'later' };

/**
 * @param {KeptRound | undefined} kept
 * @param {string} failed why there is no fresher one
 * @param {Entry[]} records
 * @param {Actions} actions
 */
export function roundCard(kept, failed, records, actions) {
  const again = el('button', { class: 'plain small', type: 'button', 'data-focus': 'again-round', onclick: () => actions.again(false) }, t('round.again'));
  const head = el('div', { class: 'card-head' }, el('h2', {}, t('round.title')), kept && el('span', { class: 'quiet small' }, t('round.at', { ago: ago(new Date(kept.at)) })), again);
  if (!kept) return [head, el('p', { class: 'quiet' }, failed ? t('round.none', { why: failed }) : t('loading'))];
  const now = Date.now();
  const stops = kept.round.items.flatMap((stop) => {
    const slots = standing(stop, records, now);
    return slots.length > 0 ? [{ stop, slots }] : [];
  });
  const isFar = kept.round.items.some(({ distance }) => distance !== undefined);
  return [
    head,
    failed && el('p', { class: 'quiet small' }, t('round.old', { why: failed })),
    stops.length === 0 ? el('p', { class: 'quiet' }, t('round.empty')) : el('ol', {}, stops.map(({ stop, slots }) => row(stop, slots, actions))),
    kept.round.more && el('p', { class: 'quiet small' }, t('round.more')),
    stops.length > 1 && !isFar && el('p', {}, el('button', { class: 'plain small near', type: 'button', 'data-focus': 'near', onclick: () => actions.again(true) }, t('round.near'))),
  ];
}

/**
 * @param {RoundStop} stop
 * @param {Standing[]} slots
 * @param {Actions} actions
 */
function row(stop, slots, actions) {
  const about = [stop.code ?? `#${stop.toilet}`, stop.distance === undefined ? '' : metres(stop.distance), stop.address ?? ''].filter(Boolean).join(' · ');
  const [next, ...later] = slots.filter(({ state }) => state === 'later');
  const due = slots.filter(({ state }) => state !== 'later');
  return el('li', {}, el('button', { class: 'stop', type: 'button', 'data-focus': `stop-${stop.toilet}`, onclick: () => actions.open(stop) },
    el('span', { class: 'name' }, nameOf(stop), stop.own && el('span', { class: 'own' }, t('round.own'))),
    el('span', { class: 'quiet small' }, about),
    el('span', { class: 'slots' }, due.map(tag), next && tag(next), later.length > 0 && el('span', { class: 'quiet small' }, t('slot.more', { n: later.length }))),
    stop.remarks && stop.remarks.length > 0 && el('span', { class: 'quiet small remark' }, stop.remarks.map((remark) => t('round.remark', { remark })).join(' '))));
}

/** @param {Standing} standing */
function tag({ slot, state }) {
  const when = state === 'done' ? t('slot.done')
    : state === 'later' ? t('slot.from', { time: clock(slot.opens, ZONE) })
      : t(state === 'overdue' ? 'slot.overdue' : 'slot.until', { time: clock(slot.due, ZONE) });
  return el('span', { class: `tag ${TONES[state]}` }, named('task', slot.task), ' ', when);
}
