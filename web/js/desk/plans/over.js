// For which toilets an exception is: an area or one toilet; a body or a template too, for whoever answers for everything.

import { choice, field } from '../../dialog.js';
import { el, show } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { t } from '../../i18n.js';
import { tag } from '../keeping/look.js';
import { toiletSearch, toiletsOf } from '../keeping/pick.js';
import { mayEverywhere } from '../roles.js';
import { refusal } from './refusal.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').Over} Over */
/** @typedef {import('../types').PlanException} PlanException */
/** @typedef {import('../types').PlanTemplate} PlanTemplate */
/** @typedef {import('../keeping/types').Operator} Operator */
/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {{element: HTMLElement, read: () => Over}} Way how toilets are named, and which are */

/**
 * @param {Desk} desk
 * @param {number} [toiletId] which toilet it is for at first
 */
export async function overField(desk, toiletId) {
  const areas = await desk.areas();
  const isForAll = mayEverywhere(desk.me, 'editPlan');
  /** @type {[Operator[], PlanTemplate[], Map<number, Toilet> | null]} */
  const [operators, templates, toilets] = await Promise.all([
    isForAll ? desk.all('/operators') : [], isForAll ? desk.all('/plan-templates') : [], toiletId ? toiletsOf(desk, [toiletId]) : null,
  ]);
  /** @type {Record<string, Way>} */
  const ways = {
    area: listWay(t('today.area'), 'area', areas.map(({ code, name }) => [code, name]), (code) => ({ area: code })),
    ...(operators.length > 0 && { operator: listWay(t('plans.operator'), 'operator', operators.map(({ id, name }) => [String(id), name]), (id) => ({ operator: Number(id) })) }),
    ...(templates.length > 0 && { template: listWay(t('plans.template'), 'template', templates.map(({ id, name }) => [String(id), name]), (id) => ({ template: Number(id) })) }),
    toilet: toiletWay(desk, toiletId === undefined ? undefined : toilets?.get(toiletId)),
  };
  const how = choice('over', Object.keys(ways).map((name) => [name, t(/** @type {'over.area'} */ (`over.${name}`))]));
  if (toiletId) how.value = 'toilet';
  const draw = () => {
    for (const [name, { element }] of Object.entries(ways)) element.hidden = name !== how.value;
  };
  how.addEventListener('change', draw);
  draw();
  const element = el('div', { 'data-field': 'over' }, field(t('plans.over2'), how), ...Object.values(ways).map((way) => way.element), el('small', { class: 'wrong', hidden: true }));
  return { element, read: () => /** @type {Way} */ (ways[how.value]).read() };
}

/**
 * @param {string} label
 * @param {string} name
 * @param {[value: string, text: string][]} options
 * @param {(value: string) => Over} read
 * @returns {Way}
 */
function listWay(label, name, options, read) {
  const list = choice(name, options);
  return { element: field(label, list), read: () => read(list.value) };
}

/**
 * @param {Desk} desk
 * @param {Toilet} [chosen]
 * @returns {Way}
 */
function toiletWay(desk, chosen) {
  let toilet = chosen;
  const name = el('p', { class: 'row' });
  const draw = () => show(name, toilet ? tag(nameOf(toilet), 'good') : el('span', { class: 'quiet' }, t('plans.chooseToilet')));
  const search = toiletSearch(desk, (found) => { toilet = found; draw(); });
  draw();
  return {
    element: el('div', {}, name, search),
    read() {
      if (!toilet) throw refusal(t('plans.chooseToilet'));
      return { toilet: toilet.id };
    },
  };
}

/**
 * Whose exceptions are, by name.
 * @param {Desk} desk
 * @param {PlanException[]} exceptions
 * @param {PlanTemplate[]} templates
 * @returns {Promise<(over: Over) => string>}
 */
export async function namesOf(desk, exceptions, templates) {
  const hasBodies = exceptions.some(({ over }) => over.operator !== undefined);
  /** @type {[Map<number, Toilet>, import('../../types').Area[], Operator[]]} */
  const [toilets, areas, operators] = await Promise.all([
    toiletsOf(desk, exceptions.flatMap(({ over }) => over.toilet ?? [])), desk.areas(), hasBodies ? desk.all('/operators') : [],
  ]);
  return ({ area, operator, template, toilet }) => {
    const one = toilet === undefined ? undefined : toilets.get(toilet);
    if (one) return nameOf(one);
    if (operator !== undefined) return operators.find(({ id }) => id === operator)?.name ?? t('plans.several');
    if (template !== undefined) return t('plans.byTemplate', { name: templates.find(({ id }) => id === template)?.name ?? `#${template}` });
    return areas.find(({ code }) => code === area)?.name ?? area ?? t('plans.several');
  };
}
