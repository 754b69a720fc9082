// "This is wrong" and "a toilet is missing": suggestions, which the staff takes up. Nothing changes before.

import { Failure, ask, newKey, sentence } from '../api.js';
import { choice, field, sheet } from '../dialog.js';
import { el, show, toast } from '../dom.js';
import { nameOf } from '../facts.js';
import { locate } from '../geo.js';
import { named, t } from '../i18n.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {import('../types').Place} Place */

const FACTS = ['wheelchair', 'familyToilet', 'babyChanging', 'paper', 'handWashing'];

/** @param {Toilet} toilet */
export function reportWrong(toilet) {
  const about = el('fieldset', {}, el('legend', {}, t('report.facts')), FACTS.map((name) => factField(name)),
    field(t('free'), choice('fee', [['', t('report.same')], ['no', t('free')], ['yes', t('paid')]])),
    field(t('report.opens'), el('input', { type: 'time', name: 'from' })), field(t('report.shuts'), el('input', { type: 'time', name: 'to' })));
  const kind = choice('kind', [['wrong', t('report.fact')], ['gone', t('report.gone')]]);
  kind.addEventListener('change', () => {
    about.hidden = kind.value === 'gone';
  });
  const read = (/** @type {FormData} */ form) => {
    if (form.get('kind') === 'gone') return { kind: 'gone', toilet: toilet.id, ...remark(form) };
    const facts = stated(form);
    return Object.keys(facts).length > 0 ? { kind: 'wrong', toilet: toilet.id, facts, ...remark(form) } : null;
  };
  open(t('report.wrong'), [el('p', { class: 'quiet' }, nameOf(toilet)), field(t('report.what'), kind), about, remarkField()], read);
}

/** @param {Place | null} place where the reader looked last */
export async function reportMissing(place) {
  const here = place ?? (await locate().catch(() => null));
  if (!here) {
    toast(t('report.noPlace'));
    return;
  }
  const read = (/** @type {FormData} */ form) => {
    const name = String(form.get('name') ?? '').trim();
    const position = { latitude: here.latitude, longitude: here.longitude };
    return name ? { kind: 'missing', facts: { name, position, ...stated(form) }, ...remark(form) } : null;
  };
  open(t('report.missing'), [
    el('p', { class: 'quiet' }, here.from === 'device' ? t('report.atMine') : t('report.atPlace', { place: here.label ?? t('where.map') })),
    field(t('report.name'), el('input', { name: 'name', required: true, maxlength: 64 })),
    ...FACTS.map((name) => factField(name)), remarkField(),
  ], read);
}

/** @param {string} name */
function factField(name) {
  const options = /** @type {[string, string][]} */ (['yes', 'limited', 'no'].map((value) => [value, named('fact', value)]));
  return field(named('facility', name), choice(`facility.${name}`, [['', t('report.same')], ...options]));
}

function remarkField() {
  return field(t('report.remark'), el('textarea', { name: 'remark', rows: 3, maxlength: 500 }));
}

/** @param {FormData} form */
function remark(form) {
  const text = String(form.get('remark') ?? '').trim();
  return text ? { remark: text } : {};
}

/**
 * What the form states of a toilet: what was left alone is not in it.
 * @param {FormData} form
 */
function stated(form) {
  const given = FACTS.flatMap((name) => (form.get(`facility.${name}`) ? [[name, form.get(`facility.${name}`)]] : []));
  const [from, to] = [form.get('from'), form.get('to')];
  return {
    ...(given.length > 0 && { facilities: Object.fromEntries(given) }),
    ...(form.get('fee') && { fee: form.get('fee') }),
    ...(from && to && { hours: `${from}-${to}` }),
  };
}

/**
 * @param {string} title
 * @param {Node[]} fields
 * @param {(form: FormData) => object | null} read null if nothing is stated yet
 */
function open(title, fields, read) {
  const said = el('p', { role: 'alert' });
  const button = el('button', { class: 'button main', type: 'submit' }, t('report.send'));
  const form = el('form', {}, ...fields, said, el('p', { class: 'row' }, button));
  const dialog = sheet(title, form);
  // The same form is the same suggestion, however often it is sent.
  const key = newKey();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = read(new FormData(form));
    if (!body) {
      show(said, el('span', { class: 'note' }, t('report.empty')));
      return;
    }
    button.disabled = true;
    try {
      const crs = 'facts' in body && /** @type {any} */ (body.facts).position ? settings.crs : undefined;
      await ask('POST', '/suggestions', { body, key, params: { crs } });
      dialog.close();
      toast(t('report.thanks'));
    } catch (error) {
      const often = error instanceof Failure && error.status === 429;
      show(said, el('span', { class: 'note bad' }, often ? t('report.often') : sentence(error)));
      button.disabled = false;
    }
  });
}
