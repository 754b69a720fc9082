// Plans: templates and where they are put, the plan of one toilet, and exceptions.
//
// `#plans`, `#plans/template[/COPIED]`, `#plans/apply/TEMPLATE`, `#plans/toilet/ID[/edit]`, `#plans/exception[/TOILET]`.

import { el, show } from '../dom.js';
import { day } from '../format.js';
import { t } from '../i18n.js';
import { head, section } from './keeping/look.js';
import { toiletSearch } from './keeping/pick.js';
import { apply } from './plans/apply.js';
import { exceptionList, newException } from './plans/exceptions.js';
import { newTemplate, templateList } from './plans/template.js';
import { editPlan, toiletPlans } from './plans/toilet.js';

/** @typedef {import('./types').Desk} Desk */

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const [what, id, more] = desk.path;
  const number = Number(id) || undefined;
  if (what === 'toilet' && number) await (more === 'edit' ? editPlan : toiletPlans)(root, desk, number);
  else if (what === 'apply' && number) await apply(root, desk, number);
  else if (what === 'template') await newTemplate(root, desk, number);
  else if (what === 'exception') await newException(root, desk, number);
  else await overview(root, desk);
}

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
async function overview(root, desk) {
  /** @type {[import('./types').PlanTemplate[], import('./types').PlanException[]]} */
  const [templates, exceptions] = await Promise.all([desk.all('/plan-templates'), desk.all('/exceptions')]);
  const actions = desk.may('editPlan') ? [el('a', { class: 'button', href: '#plans/exception' }, t('plans.newException')), el('a', { class: 'button main', href: '#plans/template' }, t('plans.newTemplate'))] : [];
  const list = await exceptionList(desk, exceptions, templates, day(new Date(), desk.zone), () => { show(root); overview(root, desk); });
  show(root, head(t('part.plans'), t('plans.lead'), ...actions), templateList(desk, templates),
    section(t('plans.ofToilet'), null, toiletSearch(desk, ({ id }) => desk.go('plans', 'toilet', id))), list);
}
