// Signing in with WeChat, within WeChat's own browser: off to its authorisation, and back to the same page with a code.
//
// What one went for lies meanwhile in a cookie that no script reads, so that nothing of it stands in an address.

import { Failure, ask, get, sentence } from '../api.js';
import { field } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';
import { alone, remember } from './person.js';

/** @typedef {{code: string, state: string}} Back what WeChat sent along; the code is empty where it was not allowed */
/** @typedef {{totp?: string}} Signed the second factor, told this once to whoever joins in a role that takes one */

/** Why it did not work the last time, for the form to say; and whether it was for want of the second factor. */
const last = { said: '', wantsCode: false };

/**
 * Whether this service is set up for it, and the browser is WeChat's. That of 企业微信 is another, which knows nobody by an
 * official account.
 */
export function canUseWechat() {
  return settings.wechat === true && /MicroMessenger/i.test(navigator.userAgent) && !/wxwork/i.test(navigator.userAgent);
}

/**
 * Leaves for WeChat.
 * @param {'join' | 'staff'} page where to come back to
 * @param {{invitation?: string, totp?: string}} [wanted]
 */
export async function leave(page, wanted = {}) {
  /** @type {import('../api.js').Answer<{url: string}>} */
  const { body } = await ask('POST', '/wechat/authorizations', { body: { page, ...wanted } });
  location.assign(body.url);
}

/**
 * What WeChat sent along, taken out of the address: it counts once, and is nobody's business who looks at the history.
 * @returns {Back | null}
 */
export function cameBack() {
  const query = new URLSearchParams(location.search);
  const state = query.get('state');
  if (!state) return null;
  history.replaceState(null, '', location.pathname + location.hash);
  return { code: query.get('code') ?? '', state };
}

/**
 * Signs in, or joins, with what WeChat sent along.
 * @param {Back} back
 * @returns {Promise<Signed>}
 */
export function arrive(back) {
  return alone(async () => {
    if (!back.code) throw new Failure(401, null, 0);
    /** @type {import('../api.js').Answer<Signed>} */
    const { body } = await ask('POST', '/sessions/wechat/page', { body: back });
    if (body.totp === undefined) await rememberCaller().catch(() => undefined);
    return body;
  });
}

/** What fails here is made up for when the page of the staff asks who is there: the session is open all the same. */
async function rememberCaller() {
  /** @type {import('../types').Member} */
  const member = await get('/me');
  await remember(member);
}

/**
 * The same at the page of the staff, whose form says it where it did not work.
 * @returns {Promise<string>} what to say; empty where all is well
 */
export async function arriveAtStaff() {
  const back = cameBack();
  if (!back) return '';
  try {
    await arrive(back);
    Object.assign(last, { said: '', wantsCode: false });
  } catch (error) {
    Object.assign(last, { said: why(error), wantsCode: error instanceof Failure && error.code === 'secondFactorNeeded' });
  }
  return last.said;
}

/**
 * What to tell of a failure.
 * @param {unknown} error
 */
export function why(error) {
  if (!(error instanceof Failure) || error.isOffline) return sentence(error);
  if (error.code === 'wechatUnknown') return t('wechat.unknown');
  if (error.code === 'wechatPreview') return t('wechat.preview');
  if (error.code === 'secondFactorNeeded') return t('wechat.code');
  if (error.status === 409) return t('wechat.others');
  return error.status === 401 ? t('wechat.again') : sentence(error);
}

/** The button that leaves for WeChat, with what is to be said first. */
export function wechatPart() {
  const said = el('p', { role: 'alert' }, last.said && el('span', { class: 'note bad' }, last.said));
  const code = el('input', { name: 'totp', inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, autocomplete: 'one-time-code', required: true });
  const button = el('button', { class: 'button main wide', type: 'submit' }, t('wechat.go'));
  const made = el('form', { class: 'by-wechat' }, said, last.wantsCode && field(t('wechat.digits'), code), button);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await leave('staff', last.wantsCode ? { totp: code.value } : {});
    } catch (error) {
      show(said, el('span', { class: 'note bad' }, why(error)));
      button.disabled = false;
    }
  });
  return made;
}
