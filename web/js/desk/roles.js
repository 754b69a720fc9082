// Which parts and buttons each role is shown: `allows` of src/domain/policy.rs, as far as the desk needs it. Pure. The service
// decides; this only spares the reader what it would refuse.

/** @typedef {import('./types').Ability} Ability */
/** @typedef {import('../types').Member} Member */

const STAFF = ['cleaner', 'repairer', 'inspector', 'supervisor', 'admin', 'auditor'];
const READERS = ['inspector', 'supervisor', 'admin', 'auditor'];
const LEADERS = ['supervisor', 'admin'];

/** @type {Record<Ability, string[]>} */
const ALLOWED = {
  watchEvents: STAFF, readPlans: STAFF, readOutages: STAFF, readGrades: STAFF,
  readReports: READERS, readSuggestions: READERS, readStaff: ['supervisor', 'admin', 'auditor'],
  editPlan: LEADERS, closeToilet: LEADERS, reviewOutage: LEADERS, recordGrade: LEADERS, invite: LEADERS, editAssignment: LEADERS,
  issuePlate: LEADERS, reviewSuggestion: LEADERS, decideExcuse: LEADERS, editToilet: LEADERS, askExcuse: [...LEADERS, 'cleaner'],
  inviteAll: ['admin'], reviewImport: ['admin'], applyImport: ['admin'], readAudit: ['admin', 'auditor'],
};

/**
 * Whether any role of somebody allows something, somewhere.
 * @param {Member} member
 * @param {Ability} ability
 */
export function may(member, ability) {
  return member.grants.some(({ role }) => ALLOWED[ability].includes(role));
}

/**
 * Whether a role of theirs allows it in the whole register, for all bodies.
 * @param {Member} member
 * @param {Ability} ability
 */
export function mayEverywhere(member, ability) {
  return member.grants.some(({ role, area, operator }) => ALLOWED[ability].includes(role) && area === undefined && operator === undefined);
}

/**
 * Whether the desk is for them at all.
 * @param {Member} member
 */
export function isDeskStaff(member) {
  return member.grants.some(({ role }) => READERS.includes(role));
}

/**
 * The area in somebody's charge; nothing for the whole register, and where there are several.
 * @param {Member} member
 * @returns {string | undefined}
 */
export function homeOf(member) {
  const areas = new Set(member.grants.filter(({ role }) => READERS.includes(role)).map(({ area }) => area));
  return areas.size === 1 ? [...areas][0] : undefined;
}
