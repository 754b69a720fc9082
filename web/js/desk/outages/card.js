// One closure: what it is, who opened it, and what can be done about it.

import { el, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { named, t } from '../../i18n.js';
import { confirmSheet } from '../keeping/form.js';
import { act, row, tag } from '../keeping/look.js';
import { when } from '../keeping/times.js';
import { changeOutage, judge } from './closing.js';
import { elsewhere } from './others.js';

/** @typedef {import('../outages.js').Seen} Seen */
/** @typedef {import('../keeping/types').OutageRecord} OutageRecord */

/**
 * @param {Seen} seen
 * @param {OutageRecord} outage
 */
export function card(seen, outage) {
  const { desk, toilets } = seen;
  const toilet = toilets.get(outage.toilet);
  const name = toilet ? nameOf(toilet) : `#${outage.toilet}`;
  const isOver = outage.until !== undefined && Date.parse(outage.until) <= Date.now();
  const others = el('div', { class: 'keep-others', 'aria-live': 'polite' });
  const line = row({
    title: el('a', { href: `#outages/${outage.toilet}` }, name),
    tags: [tag(named('reason', outage.reason), outage.state === 'rejected' || isOver ? '' : 'bad'), stateTag(outage)],
    facts: span(seen, outage, toilet?.zone ?? desk.zone),
    note: outage.note,
    actions: [...(isOver ? [] : acts(seen, outage, name)), toilet?.position && !isOver && outage.state !== 'rejected' && act(t('outages.elsewhere'), name, () => elsewhere(others, desk, toilet))],
  }, { 'data-outage': outage.id });
  line.append(others);
  return line;
}

/** @param {OutageRecord} outage */
function stateTag({ state }) {
  if (state === 'unconfirmed') return tag(t('outages.unconfirmed'), 'doubt');
  return state === 'rejected' && tag(t('outages.rejected'));
}

/**
 * From when, until when, and who said so.
 * @param {Seen} seen
 * @param {OutageRecord} outage
 * @param {string} zone
 */
function span({ desk, names }, { from, until, expectedUntil, by }, zone) {
  const who = by === desk.me.id ? t('outages.byYou') : by ? names.get(by) : t('outages.bySource');
  return [
    t('outages.from', { time: when(from, zone) }),
    until ? t('outages.until', { time: when(until, zone) }) : expectedUntil ? t('outages.hoped', { time: when(expectedUntil, zone) }) : t('outages.open'),
    who ? t('outages.by', { who }) : null,
  ];
}

/**
 * @param {Seen} seen
 * @param {OutageRecord} outage
 * @param {string} name
 */
function acts(seen, outage, name) {
  const { desk } = seen;
  if (outage.state === 'rejected' || !desk.may('closeToilet')) return [];
  const isMine = outage.by === desk.me.id;
  const isAhead = Date.parse(outage.from) > Date.now();
  const end = act(t(isAhead ? 'outages.takeBack' : 'outages.end'), name, () => endOutage(seen, outage, name, isAhead));
  const change = act(t('keep.change'), name, () => changeOutage(seen, outage, name));
  if (outage.state !== 'unconfirmed') return [end, change];
  if (isMine) return [el('span', { class: 'quiet small' }, t('outages.notYours')), end];
  return [act(t('outages.agree'), name, () => judge(seen, outage, name, 'confirmed'), 'main'), act(t('outages.disagree'), name, () => judge(seen, outage, name, 'rejected')), change];
}

/**
 * @param {Seen} seen
 * @param {OutageRecord} outage
 * @param {string} name
 * @param {boolean} isAhead
 */
function endOutage({ desk, again }, outage, name, isAhead) {
  const what = t(isAhead ? 'outages.takeBackWhat' : 'outages.endWhat', { name });
  confirmSheet(t(isAhead ? 'outages.takeBack' : 'outages.end'), what, t(isAhead ? 'outages.takeBack' : 'outages.endNow'), async () => {
    await desk.ask('DELETE', `/toilets/${outage.toilet}/outages/${outage.id}`, { ifMatch: String(outage.revision) });
    toast(t('outages.ended', { name }));
    await again();
  }, { revisionStale: t('outages.stale') });
}
