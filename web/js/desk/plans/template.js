// Templates: plans for classes of toilets. One is never changed, since plans were made from it; a copy of it is.

import { choice } from '../../dialog.js';
import { el, show, toast } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { t } from '../../i18n.js';
import { entry, filled, form } from '../keeping/form.js';
import { empty, head, row, rows, section } from '../keeping/look.js';
import { previewer, sentences } from './preview.js';
import { FIRST, windowsEditor } from './window.js';

/** @typedef {import('../types').Desk} Desk */
/** @typedef {import('../types').PlanTemplate} PlanTemplate */

/**
 * @param {Desk} desk
 * @param {PlanTemplate[]} templates
 */
export function templateList(desk, templates) {
  const mayEdit = desk.may('editPlan');
  const lines = templates.map((template) => row({
    title: template.name, note: el('div', {}, template.note && el('p', { class: 'quiet' }, template.note), el('details', {}, el('summary', {}, t('plans.lines', { n: template.windows.length })), sentences(template))),
    actions: mayEdit ? [el('a', { class: 'button', href: `#plans/apply/${template.id}` }, t('plans.apply')), el('a', { class: 'plain', href: `#plans/template/${template.id}` }, t('plans.copy'))] : [],
  }, { 'data-template': template.id }));
  return section(t('plans.templates'), templates.length, lines.length > 0 ? rows(lines) : empty(t('plans.noTemplates')));
}

/**
 * Makes one, as a copy of another or anew.
 * @param {HTMLElement} root
 * @param {Desk} desk
 * @param {number} [copied]
 */
export async function newTemplate(root, desk, copied) {
  /** @type {PlanTemplate | null} */
  const from = copied ? await desk.get(`/plan-templates/${copied}`) : null;
  const windows = windowsEditor(from?.windows ?? [FIRST]);
  const toilets = (await desk.toilets()).filter(({ status }) => status !== 'retired');
  const like = choice('like', toilets.map((one) => [String(one.id), nameOf(one)]));
  const made = form({
    fields: [
      entry(t('plans.name'), el('input', { name: 'name', required: true, maxlength: 128, autocomplete: 'off', value: from ? t('plans.copyOf', { name: from.name }) : '' })),
      entry(t('plans.note'), el('textarea', { name: 'note', rows: 2, maxlength: 1000 })),
      el('h2', {}, t('plans.windows')), windows.element,
      entry(t('plans.seeToilet'), like), previewer(desk, () => ({ toilet: Number(like.value), body: { windows: windows.read() } })),
    ],
    submit: t('plans.saveTemplate'),
    send: async (given, key) => {
      const body = { ...filled(given, ['name', 'note']), windows: windows.read() };
      /** @type {import('../../api.js').Answer<PlanTemplate>} */
      const { body: template } = await desk.ask('POST', '/plan-templates', { body, key: key(body) });
      toast(t('plans.savedTemplate'));
      desk.go('plans', 'apply', template.id);
    },
    meanings: { conflict: t('plans.nameTaken') },
  });
  show(root, el('a', { href: '#plans', class: 'back-link' }, t('plans.back')), head(from ? t('plans.copyTitle', { name: from.name }) : t('plans.newTemplate'), t('plans.templateLead')), made);
}
