// A record that is being written: one for each toilet, kept on the device from its first moment, until it is a record.

import { get } from '../api.js';
import { settings } from '../settings.js';
import { reading } from './clocks.js';
import { newId } from './ids.js';
import { add, drafts, keepDraft } from './queue.js';
import { keptRound } from './round.js';
import { plate } from './toilets.js';

/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').Known} Known */
/** @typedef {import('./types').Task} Task */
/** @typedef {import('./types').Plan} Plan */
/** @typedef {import('./types').CheckPoint} CheckPoint */
/** @typedef {import('./types').CleaningEvent} CleaningEvent */

/** @type {Task[]} */
export const TASKS = ['round', 'thorough', 'disinfect', 'deep'];

/**
 * Opens the draft of a toilet: the one there is, or another.
 * @param {string} person
 * @param {Known} toilet
 * @param {string} [token] of the plate that was scanned there
 */
export async function begin(person, toilet, token) {
  const there = (await drafts(person)).find((one) => one.toilet.id === toilet.id);
  const made = there ?? { id: newId(), person, toilet, openedAt: Date.now(), ...(await duties(person, toilet.id)), answers: {}, remarks: '', supplies: [], photos: [] };
  if (token && token !== made.plate) {
    delete made.plateIs;
    made.plate = token;
  }
  await keepDraft(made);
  // The way back leads past the choice of the toilet.
  if (location.hash === '#scan') location.replace(`#log/${made.id}`);
  else location.hash = `log/${made.id}`;
}

/**
 * What is due there now, with its checklists, as far as the round tells.
 * @param {string} person
 * @param {number} toilet
 * @returns {Promise<{tasks: Task[], version?: number, checklists?: Partial<Record<Task, CheckPoint[]>>}>}
 */
async function duties(person, toilet) {
  const kept = await keptRound(person).catch(() => undefined);
  const stop = kept?.round.items.find((one) => one.toilet === toilet);
  if (!kept || !stop) return { tasks: [] };
  /** @type {Partial<Record<Task, CheckPoint[]>>} */
  const checklists = {};
  const now = Date.now();
  for (const slot of stop.slots) {
    const points = slot.checklist === undefined ? undefined : kept.round.checklists[slot.checklist];
    if (points && !checklists[slot.task]) checklists[slot.task] = points;
  }
  const open = stop.slots.filter(({ opens, closes }) => Date.parse(opens) <= now && now <= Date.parse(closes));
  const tasks = TASKS.filter((task) => open.some((slot) => slot.task === task));
  return { tasks, checklists, ...(stop.version !== undefined && { version: stop.version }) };
}

/**
 * The checklists of a toilet that stands on no round, from its plan of today.
 * @param {Draft} draft
 * @returns {Promise<Partial<Draft>>} nothing where they cannot be had
 */
export async function planOf(draft) {
  /** @type {{items: Plan[]}} */
  const { items } = await get(`/toilets/${draft.toilet.id}/plans`, {}, AbortSignal.timeout(15000));
  const today = new Intl.DateTimeFormat('sv-SE').format(new Date());
  const plan = items.filter(({ from, to }) => from <= today && (!to || today <= to)).at(-1);
  if (!plan) return {};
  /** @type {Partial<Record<Task, CheckPoint[]>>} */
  const checklists = {};
  for (const { task, checklist } of plan.windows) {
    if (checklist && checklist.length > 0 && !checklists[task]) checklists[task] = checklist;
  }
  return { version: plan.version, checklists };
}

/**
 * What the service says of the plate of a draft.
 * @param {Draft} draft
 * @returns {Promise<Draft['plateIs']>} undefined where it cannot be asked
 */
export async function judged(draft) {
  if (!draft.plate) return undefined;
  const scanned = await plate(draft.plate);
  if (scanned === undefined) return undefined;
  if (scanned === null) return 'void';
  return scanned.toilet === draft.toilet.id ? scanned.kind : 'elsewhere';
}

/**
 * Makes the draft a record of the queue. From here on it never changes.
 * @param {Draft} draft
 */
export async function finish(draft) {
  const { at, clock } = reading();
  /** @type {CleaningEvent} */
  const event = { toilet: draft.toilet.id, performedBy: draft.person, tasks: draft.tasks, finishedAt: at, clock, ...besides(draft) };
  await add({ id: draft.id, person: draft.person, toilet: draft.toilet, event, madeAt: Date.now() });
  // What waits must not be the browser's to throw away when the device runs full.
  navigator.storage?.persist?.().catch(() => undefined);
}

/**
 * @param {Draft} draft
 * @returns {Partial<CleaningEvent>}
 */
function besides(draft) {
  const points = draft.tasks.flatMap((task) => (draft.checklists?.[task] ?? []).flatMap(({ code }) => {
    const answer = draft.answers[`${task} ${code}`];
    const note = answer?.note?.trim();
    return answer ? [{ task, code, ok: answer.ok, ...(!answer.ok && note && { note }) }] : [];
  }));
  const remarks = draft.remarks.trim();
  return {
    ...(draft.startedAt && { startedAt: draft.startedAt }),
    ...(points.length > 0 && draft.version !== undefined && { checklist: { version: draft.version, points } }),
    ...(remarks && { remarks }),
    ...(draft.supplies.length > 0 && { supplies: draft.supplies }),
    ...(draft.photos.length > 0 && { photos: draft.photos }),
    ...(draft.plate && { plate: draft.plate }),
    ...(draft.position && { position: draft.position }),
  };
}

/**
 * Where the device is, as a record names it.
 * @param {import('../types').Place} place
 * @returns {import('./types').Fix}
 */
export function fix({ latitude, longitude, accuracy }) {
  return { latitude, longitude, crs: settings.crs, ...(accuracy !== undefined && { accuracy }) };
}
