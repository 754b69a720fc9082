// The people who hold a role, and what can be done with one of them.

import { Failure } from '../../api.js';
import { choice } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { language, named, t } from '../../i18n.js';
import { confirmSheet, formSheet, partSheet } from '../keeping/form.js';
import { act, attempt, button, empty, row, rows, tag } from '../keeping/look.js';
import { inviteTo, renew } from './invitations.js';
import { givable, grantText, roleFields, roleOf } from './roles.js';

/** @typedef {import('../people.js').People} People */
/** @typedef {import('../../types').Member} Member */
/** @typedef {import('../../types').Grant} Grant */

/** How many are shown before more are asked for. */
const SHOWN = 40;
const LEADING = ['admin', 'supervisor', 'inspector', 'auditor', 'repairer', 'cleaner'];

/**
 * The list, with a search.
 * @param {People} people
 */
export function members(people) {
  const list = el('div');
  const search = el('input', { type: 'search', maxlength: 64, placeholder: t('people.searchHow') });
  const held = [...new Set(people.members.flatMap(({ grants }) => grants.map(({ role }) => role)))];
  const role = choice('role', [['', t('people.allRoles')], .../** @type {[string, string][]} */ (held.map((value) => [value, named('role', value)]))]);
  let most = SHOWN;
  const sorted = [...people.members].sort(byRole);
  const draw = () => {
    const found = sorted.filter((member) => fits(people, member, search.value.trim(), role.value));
    const more = button(t('keep.more', { n: found.length - most }), () => {
      most += 200;
      draw();
    });
    show(list, el('p', { class: 'quiet small', role: 'status' }, t('people.found', { n: found.length })),
      found.length === 0 ? empty(t('people.none')) : rows(found.slice(0, most).map((member) => line(people, member))), found.length > most && more);
  };
  search.addEventListener('input', draw);
  role.addEventListener('change', draw);
  draw();
  return el('section', { class: 'card keep-section' }, el('h2', {}, t('people.staff'), el('span', { class: 'count numbers' }, people.members.length)),
    el('div', { class: 'keep-filter' }, el('label', { class: 'field' }, el('span', {}, t('people.search')), search), el('label', { class: 'field' }, el('span', {}, t('people.role')), role)), list);
}

/** Those who lead first, then by area. @type {(one: Member, other: Member) => number} */
function byRole(one, other) {
  const rank = (/** @type {Member} */ { grants }) => Math.min(...grants.map(({ role }) => LEADING.indexOf(role)));
  const area = (/** @type {Member} */ { grants }) => grants[0]?.area ?? '';
  return rank(one) - rank(other) || area(one).localeCompare(area(other)) || one.name.localeCompare(other.name, language);
}

/**
 * @param {People} people
 * @param {Member} member
 * @param {string} text
 * @param {string} role
 */
function fits({ areaName }, member, text, role) {
  const words = [member.name, ...member.grants.map(({ area }) => areaName(area))];
  return words.some((word) => word.includes(text)) && (role === '' || member.grants.some((grant) => grant.role === role));
}

/**
 * @param {People} people
 * @param {Member} member
 */
function line(people, member) {
  const isMe = member.id === people.desk.me.id;
  const isManaged = member.grants.some((grant) => givable(people.desk).includes(grant.role));
  return row({
    title: member.name, tags: [isMe && tag(t('people.you'), 'good')], facts: member.grants.map((grant) => grantText(people, grant)),
    actions: [!isMe && isManaged && act(t('people.manage'), member.name, () => manage(people, member))],
  }, { 'data-person': member.id });
}

/**
 * @param {People} people
 * @param {Member} member
 */
function manage(people, member) {
  const { desk, again } = people;
  const may = givable(desk);
  const given = member.grants.map((grant) => row({
    title: grantText(people, grant),
    actions: [may.includes(grant.role) && act(t('people.take'), grantText(people, grant), () => take(people, member, grant, () => dialog.close()))],
  }));
  const first = (/** @type {() => unknown} */ next) => () => {
    dialog.close();
    return next();
  };
  const end = () => confirmSheet(t('people.cut'), t('people.cutWhat', { name: member.name }), t('people.cut'), async () => {
    await desk.ask('DELETE', `/staff/${member.id}/sessions`);
    toast(t('people.cutDone', { name: member.name }));
    await again();
  });
  const dialog = partSheet(member.name,
    el('h3', {}, t('people.grants')), member.grants.length > 0 ? rows(given) : empty(t('people.noGrants')),
    el('div', { class: 'keep-choices' },
      choiceLine(t('people.give'), t('people.giveWhy'), first(() => give(people, member))),
      choiceLine(t('people.renew'), t('people.renewWhy'), first(() => renew(people, member))),
      choiceLine(t('people.cut'), t('people.cutWhy'), first(end))));
}

/**
 * @param {string} text
 * @param {string} why
 * @param {() => unknown} pressed
 */
function choiceLine(text, why, pressed) {
  return el('button', { class: 'plain choice', type: 'button', onclick: () => attempt(pressed) }, el('strong', {}, text), el('span', { class: 'quiet small' }, why));
}

/**
 * @param {People} people
 * @param {Member} member
 * @param {Grant} grant
 * @param {() => void} done
 */
function take(people, member, grant, done) {
  const { desk, again } = people;
  confirmSheet(t('people.take'), t('people.takeWhat', { name: member.name, role: grantText(people, grant) }), t('people.take'), async () => {
    await desk.ask('DELETE', `/staff/${member.id}/grants/${grant.id}`);
    toast(t('people.taken', { name: member.name }));
    done();
    await again();
  }, { conflict: t('people.lastAdmin') });
}

/**
 * A further role. One that asks for a second factor is given by an invitation to whoever has none.
 * @param {People} people
 * @param {Member} member
 */
async function give(people, member) {
  const { desk, again } = people;
  let isInvited = false;
  formSheet(t('people.giveTitle', { name: member.name }), {
    fields: await roleFields(people), submit: t('people.give'),
    meanings: { conflict: t('people.held'), 403: t('people.notYours'), 404: t('people.notThere') },
    send: async (given) => {
      const body = roleOf(given);
      if (isInvited) {
        await inviteTo(people, member, body);
        return;
      }
      try {
        await desk.ask('POST', `/staff/${member.id}/grants`, { body });
      } catch (error) {
        isInvited = error instanceof Failure && error.problem?.errors.some(({ code }) => code === 'needsSecondFactor') === true;
        throw error;
      }
      toast(t('people.given', { name: member.name }));
      await again();
    },
  });
}
