// Who answers for which toilet (责任保洁员), who stands in, and for which nobody does.

import { choice } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { day, percent } from '../../format.js';
import { language, named, t } from '../../i18n.js';
import { confirmSheet, entry, filled, formSheet } from '../keeping/form.js';
import { act, backTo, button, empty, figure, head, row, rows, section, tag } from '../keeping/look.js';
import { toiletSearch } from '../keeping/pick.js';
import { dayText } from '../keeping/times.js';
import { tabs } from '../people.js';

/** @typedef {import('../people.js').People} People */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../../types').Area} Area */
/** @typedef {import('../../types').Grant} Grant */
/** @typedef {import('../../types').Member} Member */
/** @typedef {import('../keeping/types').Assigned} Assigned */
/** @typedef {import('../keeping/types').Assignments} Assignments */
/** @typedef {import('../keeping/types').CustodianReport} CustodianReport */

/** Whose role lets them answer for a toilet. */
const KEEPERS = ['cleaner', 'supervisor'];
const PAGE = 30;

/**
 * @param {HTMLElement} root
 * @param {People} people
 */
export async function custodians(root, people) {
  const { desk } = people;
  /** @type {CustodianReport} */
  const report = await desk.get('/reports/custodians', { area: desk.home, limit: PAGE });
  const list = el('ul', { class: 'keep-rows' }, report.items.map((item) => without(people, item)));
  const more = button(t('keep.moreOf'), () => next(report.next ?? ''));
  more.hidden = !report.next;
  const next = async (/** @type {string} */ cursor) => {
    /** @type {CustodianReport} */
    const page = await desk.get('/reports/custodians', { area: desk.home, limit: PAGE, cursor });
    list.append(...page.items.map((item) => without(people, item)));
    report.next = page.next ?? '';
    more.hidden = !page.next;
  };
  const { kept } = report;
  show(root, head(t('people.title'), t('custody.lead')), tabs('custodians'),
    el('section', { class: 'card keep-figures' }, figure(kept.value === undefined ? '—' : percent(kept.value), t('custody.rate'), t('custody.of', { n: kept.numerator, of: kept.denominator }))),
    section(t('custody.without'), kept.denominator - kept.numerator, report.items.length === 0 ? empty(t('custody.noneWithout')) : list, more),
    section(t('custody.find'), null, toiletSearch(desk, (toilet) => desk.go('people', 'toilet', toilet.id))));
}

/**
 * @param {People} people
 * @param {{id: number, name: string, left: boolean}} item
 */
function without(people, item) {
  return row({
    title: el('a', { href: `#people/toilet/${item.id}` }, item.name), tags: [item.left && tag(t('custody.left'), 'doubt')],
    actions: [people.desk.may('editAssignment') && act(t('custody.name'), item.name, () => assign(people, item.id, item.name, 'custodians'))],
  });
}

/**
 * Those of one toilet.
 * @param {HTMLElement} root
 * @param {People} people
 * @param {number} id
 */
export async function assignments(root, people, id) {
  const { desk } = people;
  /** @type {[Toilet, Assignments]} */
  const [toilet, { custodians: own, substitutes }] = await Promise.all([desk.get(`/toilets/${id}`), desk.get(`/toilets/${id}/assignments`)]);
  const name = nameOf(toilet);
  const may = desk.may('editAssignment');
  const part = (/** @type {'custodians' | 'substitutes'} */ kind, /** @type {Assigned[]} */ list) => section(t(`custody.${kind}`), null,
    list.length === 0 ? empty(t(`custody.no.${kind}`)) : rows([...list].reverse().map((one) => assigned(people, toilet, one, kind))),
    may && el('p', { class: 'row' }, button(t(`custody.add.${kind}`), () => assign(people, id, name, kind))));
  show(root, backTo(t('custody.back'), '#people/custodians'), head(name, t('custody.ofOne')), part('custodians', own), part('substitutes', substitutes));
}

/**
 * @param {People} people
 * @param {Toilet} toilet
 * @param {Assigned} one
 * @param {'custodians' | 'substitutes'} kind
 */
function assigned(people, toilet, one, kind) {
  const { desk, again } = people;
  const today = day(new Date(), toilet.zone);
  const who = one.name ?? t('people.forgotten');
  const [isOver, isAhead] = [one.to !== undefined && one.to < today, one.from !== undefined && one.from > today];
  const isEnding = one.to !== undefined && one.to <= today;
  const end = () => confirmSheet(t('custody.end'), t(isAhead ? 'custody.neverWhat' : 'custody.endWhat', { who, name: nameOf(toilet) }), t('custody.end'), async () => {
    await desk.ask('DELETE', `/toilets/${toilet.id}/${kind}/${one.id}`, { ifMatch: String(one.revision) });
    toast(t('keep.saved'));
    await again();
  }, { conflict: t('custody.over') });
  return row({
    title: who, tags: [isOver ? tag(t('custody.was')) : isAhead ? tag(t('custody.will'), 'doubt') : tag(t('custody.is'), 'good')],
    facts: [one.from ? t('custody.from', { day: dayText(one.from) }) : null, one.to ? t('custody.to', { day: dayText(one.to) }) : t('custody.open')],
    actions: [!isEnding && desk.may('editAssignment') && act(t('custody.end'), who, end)],
  });
}

/**
 * Whoever keeps toilets clean there, by their roles.
 * @param {People} people
 * @param {Toilet} toilet
 * @returns {Promise<Member[]>}
 */
async function keepersOf({ desk, members }, toilet) {
  /** @type {Area | null} */
  const area = toilet.area ? await desk.get(`/areas/${encodeURIComponent(toilet.area.code)}`) : null;
  const covers = (/** @type {Grant} */ { role, area: code, operator }) => KEEPERS.includes(role)
    && (code === undefined || area?.path.includes(code)) && (operator === undefined || operator === toilet.operator?.id);
  return members.filter(({ grants }) => grants.some(covers)).sort((one, other) => one.name.localeCompare(other.name, language));
}

/**
 * @param {People} people
 * @param {number} id of the toilet
 * @param {string} name
 * @param {'custodians' | 'substitutes'} kind
 */
async function assign(people, id, name, kind) {
  const { desk, areaName, again } = people;
  /** @type {Toilet} */
  const toilet = await desk.get(`/toilets/${id}`);
  const keepers = await keepersOf(people, toilet);
  const about = (/** @type {Member} */ { grants }) => grants.map(({ role, area }) => `${named('role', role)} ${areaName(area)}`).join(', ');
  const person = choice('person', [['', t('keep.choose')], ...keepers.map((member) => /** @type {[string, string]} */ ([member.id, `${member.name} (${about(member)})`]))]);
  person.required = true;
  const date = (/** @type {string} */ field, /** @type {boolean} */ isNeeded) => el('input', { type: 'date', name: field, required: isNeeded, min: day(new Date(), toilet.zone) });
  const hint = t(keepers.length === 0 ? 'custody.nobody' : 'custody.whoHint');
  formSheet(`${t(`custody.add.${kind}`)} · ${name}`, {
    fields: [entry(t('custody.who'), person, hint), entry(t('custody.first'), date('from', false), kind === 'custodians' ? t('custody.firstHint') : t('custody.firstToday')), entry(t('custody.last'), date('to', kind === 'substitutes'))],
    submit: t('keep.save'), meanings: { conflict: t('custody.retired') },
    send: async (given, key) => {
      const body = filled(given, ['person', 'from', 'to']);
      await desk.ask('POST', `/toilets/${id}/${kind}`, { body, key: key(body) });
      toast(t('keep.saved'));
      await again();
    },
  });
}
