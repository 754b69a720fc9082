// How somebody will sign in: within WeChat by that, those who clean by six digits on this device, everybody else by a name
// and a password.

import { Failure, ask, sentence } from '../api.js';
import { field } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { canUseWechat, leave, why as whyWechat } from '../staff/wechat.js';

/** @typedef {import('./types').Joined} Joined */
/** @typedef {'wechat' | 'pin' | 'password'} How */

/**
 * @param {string} invitation from the link; empty where it has to be typed
 * @param {(joined: Joined) => Promise<void>} done
 */
export function form(invitation, done) {
  const token = el('input', { name: 'invitation', required: true, maxlength: 128, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', placeholder: 'gci_…' });
  const fields = el('div', {});
  const said = el('p', { role: 'alert' });
  const button = el('button', { class: 'button main wide', type: 'submit' }, t('join.go'));
  /** @type {How} */
  let how = canUseWechat() ? 'wechat' : 'pin';
  const choose = (/** @type {How} */ way) => {
    how = way;
    show(said);
    show(fields, ...fieldsOf(how));
    show(button, t(how === 'wechat' ? 'join.goWechat' : 'join.go'));
  };
  const chosen = ways(how, choose);
  const made = el('form', { method: 'post' }, !invitation && field(t('join.invitation'), token), chosen, fields, said, button);
  choose(how);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const given = invitation || token.value.trim().replace(/^.*#/, '');
      if (how === 'wechat') return await leave('join', { invitation: given });
      await done(await accept(given, how, new FormData(made)));
    } catch (error) {
      show(said, el('span', { class: 'note bad' }, why(error)));
    }
    button.disabled = false;
  });
  return made;
}

/**
 * @param {How} first
 * @param {(how: How) => void} choose
 */
function ways(first, choose) {
  const one = (/** @type {How} */ how, /** @type {string} */ title, /** @type {string} */ text) => el('label', { class: 'way' },
    el('input', { type: 'radio', name: 'how', value: how, checked: how === first, onchange: () => choose(how) }), el('span', {}, el('strong', {}, title), el('span', { class: 'quiet small' }, text)));
  return el('fieldset', {}, el('legend', {}, t('join.how')),
    canUseWechat() && one('wechat', t('join.withWechat'), t('join.withWechatWhy')),
    one('pin', t('join.withPin'), t('join.withPinWhy')), one('password', t('join.withPassword'), t('join.withPasswordWhy')));
}

/** @param {How} how */
function fieldsOf(how) {
  if (how === 'wechat') return [el('p', { class: 'quiet small' }, t('join.wechatWhy'))];
  return how === 'pin' ? pinFields() : passwordFields();
}

function pinFields() {
  // Seen while it is chosen: a digit that slipped would lock its owner out.
  return [field(t('join.pin'), el('input', { name: 'pin', class: 'pin', inputmode: 'numeric', pattern: '[0-9]{6}', title: t('join.pinForm'), required: true, maxlength: 6, autocomplete: 'off' })),
    el('p', { class: 'quiet small' }, t('join.pinWhy'))];
}

function passwordFields() {
  return [field(t('join.login'), el('input', { name: 'login', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, minlength: 3, maxlength: 32 })),
    field(t('join.password'), el('input', { name: 'password', type: 'password', autocomplete: 'new-password', required: true, minlength: 12, maxlength: 128 }))];
}

/**
 * @param {string} invitation
 * @param {'pin' | 'password'} how
 * @param {FormData} given
 * @returns {Promise<Joined>}
 */
async function accept(invitation, how, given) {
  const pin = String(given.get('pin') ?? '');
  const body = how === 'pin' ? { invitation, pin } : { invitation, login: String(given.get('login')).trim(), password: given.get('password') };
  /** @type {import('../api.js').Answer<Joined>} */
  const answer = await ask('POST', '/invitations/accept', { body });
  return { ...answer.body, ...(how === 'pin' && { pin }) };
}

/** @param {unknown} error */
function why(error) {
  if (!(error instanceof Failure)) return sentence(error);
  if (error.status === 404) return t('join.used');
  const wrong = error.problem?.errors?.[0];
  if (wrong?.field === 'pin') return wrong.code === 'tooPlain' ? t('join.tooPlain') : t('join.noPin');
  return error.code.startsWith('wechat') ? whyWechat(error) : sentence(error);
}
