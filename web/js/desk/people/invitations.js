// Inviting: a code to be scanned by the phone of whoever joins, told this once.

import { el, show, toast } from '../../dom.js';
import { named, t } from '../../i18n.js';
import { confirmSheet, entry, formSheet, partSheet } from '../keeping/form.js';
import { act, row, rows, section, tag } from '../keeping/look.js';
import { when } from '../keeping/times.js';
import { qrDrawing } from './drawing.js';
import { givable, grantText, roleFields, roleOf } from './roles.js';

/** @typedef {import('../people.js').People} People */
/** @typedef {import('../../types').Member} Member */
/** @typedef {import('../keeping/types').Invitation} Invitation */
/** @typedef {import('../keeping/types').PendingInvitation} PendingInvitation */

/** Whoever gets such a role needs a password and a second factor. */
const WITH_FACTOR = ['supervisor', 'admin'];
/** Whoever gets such a role works at a desk, with a password; the others with their phone and a PIN. */
const AT_DESKS = ['inspector', 'auditor'];

/**
 * Those who have not joined yet; nothing where there are none.
 * @param {People} people
 * @returns {Promise<HTMLElement | null>}
 */
export async function invitations(people) {
  const { desk } = people;
  /** @type {PendingInvitation[]} */
  const pending = await desk.all('/staff/invitations');
  if (pending.length === 0) return null;
  return section(t('people.waiting'), pending.length, rows(pending.map((one) => row({
    title: one.name, tags: [tag(t(one.person ? 'people.anew' : 'people.invited'), 'doubt')],
    facts: [one.role && grantText(people, { id: 0, role: one.role, ...(one.area !== undefined && { area: one.area }), ...(one.operator !== undefined && { operator: one.operator }) }),
      t('people.until', { time: when(one.expiresAt, desk.zone) })],
    actions: [desk.may('invite') && (!one.role || givable(desk).includes(one.role)) && act(t('people.takeBack'), one.name, () => takeBack(people, one))],
  }))));
}

/**
 * @param {People} people
 * @param {PendingInvitation} one
 */
function takeBack({ desk, again }, one) {
  confirmSheet(t('people.takeBack'), t('people.takeBackWhat', { name: one.name }), t('people.takeBack'), async () => {
    await desk.ask('DELETE', `/staff/invitations/${one.id}`);
    toast(t('people.takenBack'));
    await again();
  }, { 404: t('people.joinedAlready') });
}

/** @param {People} people */
export async function invite(people) {
  const { desk } = people;
  const name = el('input', { name: 'name', required: true, maxlength: 64, autocomplete: 'off' });
  formSheet(t('people.invite'), {
    fields: [entry(t('people.name'), name), ...(await roleFields(people))], submit: t('people.inviteGo'),
    meanings: { 403: t('people.notYours'), 404: t('people.notThere') },
    send: async (given) => {
      const body = { name: String(given.get('name')).trim(), ...roleOf(given) };
      /** @type {import('../../api.js').Answer<Invitation>} */
      const { body: made } = await desk.ask('POST', '/staff/invitations', { body });
      await handOver(people, made, body.name, String(given.get('role')));
    },
  });
}

/**
 * Somebody who is there signs in anew: a lost phone, a forgotten PIN.
 * @param {People} people
 * @param {Member} member
 */
export function renew(people, member) {
  formSheet(t('people.renew'), {
    fields: [el('p', {}, t('people.renewWhat', { name: member.name }))], submit: t('people.inviteGo'), meanings: { 403: t('people.notYours') },
    send: async () => {
      await inviteTo(people, member, {});
    },
  });
}

/**
 * Invites somebody who is there already, with a further role or to sign in anew alone.
 * @param {People} people
 * @param {Member} member
 * @param {{role?: string}} more
 */
export async function inviteTo(people, member, more) {
  /** @type {import('../../api.js').Answer<Invitation>} */
  const { body: made } = await people.desk.ask('POST', `/staff/${member.id}/invitations`, { body: more });
  const roles = [...member.grants.map(({ role }) => role), ...(more.role ? [more.role] : [])];
  await handOver(people, made, member.name, roles.find((role) => WITH_FACTOR.includes(role)) ?? more.role ?? roles[0] ?? 'cleaner');
}

/** @param {string} role what whoever gets it does to join */
function stepsFor(role) {
  if (WITH_FACTOR.includes(role)) return /** @type {const} */ (['join.scan', 'join.password', 'join.factor']);
  return AT_DESKS.includes(role) ? /** @type {const} */ (['join.scan', 'join.password']) : /** @type {const} */ (['join.scan', 'join.pin', 'join.begin']);
}

/**
 * The code, the link, and what to tell whoever joins. It is shown once, so that a press beside it does not close it.
 * @param {People} people
 * @param {Invitation} made
 * @param {string} name
 * @param {string} role
 */
async function handOver({ desk, again }, made, name, role) {
  const url = `${location.origin}/join#${made.invitation}`;
  // The invitation is told this once: without the drawing the link is left.
  const drawing = await qrDrawing(url, t('people.code')).catch(() => null);
  const paper = el('article', { class: 'keep-invitation' },
    el('h3', {}, t('people.for', { name })), el('p', { class: 'quiet' }, named('role', role)),
    drawing,
    el('ol', { class: 'steps' }, stepsFor(role).map((step) => el('li', {}, t(`people.${step}`)))),
    el('p', { class: 'small' }, t('people.until', { time: when(made.expiresAt, desk.zone) }), t('people.once')));
  const copied = el('p', { class: 'small quiet', role: 'status' });
  const dialog = partSheet(t('people.ready'), paper,
    el('details', { open: !drawing }, el('summary', {}, t('people.link')), el('p', { class: 'secret' }, url)),
    el('p', { class: 'row' }, el('button', { class: 'button main', type: 'button', onclick: () => print() }, t('keep.print')),
      el('button', { class: 'button', type: 'button', onclick: () => copy(url, copied) }, t('people.copy'))), copied,
    el('p', { class: 'note small' }, t('people.secret')));
  dialog.classList.add('print-alone');
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) event.stopImmediatePropagation();
  }, true);
  dialog.addEventListener('close', again);
}

/**
 * @param {string} text
 * @param {HTMLElement} said
 */
async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    show(said, t('people.copied'));
  } catch {
    show(said, t('people.notCopied'));
  }
}
