// `#outages`: what is closed, what waits for review, and closing. `#outages/17`: the closures of one toilet.

import { el, show } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { backTo, button, empty, head, quietly, rows, section } from './keeping/look.js';
import { staff, toiletsOf } from './keeping/pick.js';
import { closeToilet } from './outages/closing.js';
import { card } from './outages/card.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').OutageRecord} OutageRecord */
/** @typedef {import('../types').Toilet} Toilet */

/** @typedef {object} Seen what is shown, and how it is read again
 * @property {Desk} desk
 * @property {Map<number, Toilet>} toilets
 * @property {Map<string, string>} names of the staff, by pseudonym
 * @property {() => Promise<void>} again */

/** For how long closures that are over are still shown. */
const LATELY = 30 * 86400000;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const id = Number(desk.path[0] ?? 0);
  const read = () => (id > 0 ? one(root, desk, id, again) : list(root, desk, again));
  const again = quietly(read);
  await read();
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {() => Promise<void>} again
 */
async function list(root, desk, again) {
  const [waiting, confirmed, rejected, people] = await Promise.all([...['unconfirmed', 'confirmed', 'rejected'].map((state) => desk.all('/outages', { state })), staff(desk)]);
  const [open, known, refused] = /** @type {OutageRecord[][]} */ ([waiting, confirmed, rejected]);
  const all = [...(open ?? []), ...(known ?? []), ...(refused ?? [])];
  const now = Date.now();
  const isOver = (/** @type {OutageRecord} */ one) => one.until !== undefined && Date.parse(one.until) <= now;
  const isLate = (/** @type {OutageRecord} */ one) => now - Date.parse(one.until ?? one.from) < LATELY;
  const current = (known ?? []).filter((one) => !isOver(one));
  const shown = [...(open ?? []), ...current, ...all.filter((one) => isOver(one) && isLate(one))];
  const names = new Map(/** @type {import('../types').Member[]} */ (people ?? []).map((member) => [member.id, member.name]));
  /** @type {Seen} */
  const seen = { desk, names, again, toilets: await toiletsOf(desk, shown.map(({ toilet }) => toilet)) };
  const part = (/** @type {OutageRecord[]} */ list) => rows(list.map((outage) => card(seen, outage)));
  const inForce = current.filter((one) => Date.parse(one.from) <= now);
  const ahead = current.filter((one) => Date.parse(one.from) > now);
  const late = all.filter((one) => (isOver(one) || one.state === 'rejected') && isLate(one) && one.state !== 'unconfirmed').reverse();
  show(root, head(t('outages.title'), t('outages.lead'), desk.may('closeToilet') && button(t('outages.close'), () => closeToilet(desk, null, again), 'main')),
    section(t('outages.waiting'), open?.length ?? 0, open?.length ? part(open) : empty(t('outages.noneWaiting'))),
    section(t('outages.now'), inForce.length, inForce.length > 0 ? part(inForce) : empty(t('outages.noneNow'))),
    ahead.length > 0 && section(t('outages.ahead'), ahead.length, part(ahead)),
    late.length > 0 && el('details', { class: 'card keep-section' }, el('summary', {}, t('outages.late'), el('span', { class: 'count numbers' }, late.length)), part(late)));
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} id of the toilet
 * @param {() => Promise<void>} again
 */
async function one(root, desk, id, again) {
  /** @type {[Toilet, {items: OutageRecord[]}, import('../types').Member[]]} */
  const [toilet, { items }, people] = await Promise.all([desk.get(`/toilets/${id}`), desk.get(`/toilets/${id}/outages`), staff(desk)]);
  const names = new Map(people.map((member) => [member.id, member.name]));
  /** @type {Seen} */
  const seen = { desk, names, again, toilets: new Map([[id, toilet]]) };
  const isOpen = toilet.status === 'inService' && desk.may('closeToilet');
  show(root, backTo(t('outages.all'), '#outages'), head(nameOf(toilet), t('outages.ofOne'), isOpen && button(t('outages.closeThis'), () => closeToilet(desk, toilet, again), 'main')),
    section(t('outages.title'), items.length, items.length === 0 ? empty(t('outages.noneHere'))
      : rows([...items].reverse().map((outage) => card(seen, outage)))));
}

