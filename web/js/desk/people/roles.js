// Which roles somebody may give, and a choice of role, area and body.

import { choice } from '../../dialog.js';
import { named, t } from '../../i18n.js';
import { entry, filled } from '../keeping/form.js';
import { areaChoices } from '../keeping/pick.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../../types').Grant} Grant */
/** @typedef {import('../people.js').People} People */

const BY_SUPERVISORS = ['cleaner', 'repairer', 'inspector'];
/** What stands for the whole register in the choice of an area. */
const EVERYWHERE = '*';
const BY_ADMINS = ['cleaner', 'supervisor', 'inspector', 'repairer', 'auditor', 'admin'];

/**
 * The roles that the reader may give, as `src/domain/policy.rs` has it.
 * @param {Desk} desk
 */
export function givable(desk) {
  if (desk.may('inviteAll')) return BY_ADMINS;
  return desk.may('invite') ? BY_SUPERVISORS : [];
}

/**
 * @param {People} people
 * @param {Grant} grant
 */
export function grantText({ areaName, operators }, { role, area, operator }) {
  const body = operator === undefined ? '' : operators.find(({ id }) => id === operator)?.name ?? `#${operator}`;
  return [named('role', role), areaName(area), body].filter(Boolean).join(' · ');
}

/**
 * The fields of a role: which, where, and for whose toilets.
 * @param {People} people
 * @returns {Promise<HTMLElement[]>}
 */
export async function roleFields({ desk, operators }) {
  const role = choice('role', givable(desk).map((value) => [value, named('role', value)]));
  const areas = await areaChoices(desk);
  const isWhole = desk.me.grants.some(({ area, role: own }) => area === undefined && (own === 'admin' || own === 'supervisor'));
  /** @type {[string, string][]} */
  const anywhere = isWhole ? [[EVERYWHERE, t('keep.everywhere')]] : [];
  const area = choice('area', [['', t('keep.choose')], ...areas, ...anywhere]);
  const operator = choice('operator', [['', t('people.allBodies')], .../** @type {[string, string][]} */ (operators.map(({ id, name }) => [String(id), name]))]);
  // Nobody gets a role in an area that nobody chose.
  for (const control of [role, area]) control.required = true;
  return [entry(t('people.role'), role), entry(t('people.area'), area, t('people.areaHint')), entry(t('people.operator'), operator, t('people.operatorHint'))];
}

/**
 * What those fields say, as the interface takes it.
 * @param {FormData} given
 * @returns {{role?: string, area?: string, operator?: number}}
 */
export function roleOf(given) {
  const { area, operator, ...rest } = filled(given, ['role', 'area', 'operator']);
  return { ...rest, ...(area && area !== EVERYWHERE && { area }), ...(operator && { operator: Number(operator) }) };
}
