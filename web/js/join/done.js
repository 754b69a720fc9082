// Joined: on to the work, or first the second factor, which is shown this once.

import { el, svg } from '../dom.js';
import { t } from '../i18n.js';
import { signIn } from '../staff/person.js';

/** @typedef {import('./types').Joined} Joined */

/**
 * @param {Joined} joined
 * @returns {Promise<(Node | false)[]>}
 */
export async function done({ totp, device, pin, wechat = false }) {
  const isIn = device !== undefined && (await signedIn(device, pin ?? ''));
  return [
    totp !== undefined && (await secondFactor(totp)),
    device !== undefined && el('p', {}, t(isIn ? 'join.rememberPin' : 'join.signInNow')),
    wechat && el('p', {}, t(totp === undefined ? 'join.nextWechat' : 'join.nextWechatCode')),
    el('p', { class: 'row' }, device !== undefined || wechat
      ? el('a', { class: 'button main wide', href: '/staff' }, t(wechat && totp !== undefined ? 'join.toSignIn' : 'join.toStaff'))
      : el('a', { class: 'button main wide', href: '/desk' }, t('join.toDesk'))),
  ];
}

/**
 * Signs in right away, so that the six digits are not asked for twice; where that fails, the page of the staff asks.
 * @param {string} device
 * @param {string} pin
 */
async function signedIn(device, pin) {
  try {
    await signIn({ device, pin }, device);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} address as an authenticator app reads it */
async function secondFactor(address) {
  const secret = new URL(address).searchParams.get('secret') ?? address;
  const code = await picture(address).catch(() => null);
  return el('div', { class: 'factor' }, el('p', {}, t('join.secondFactor')), code,
    el('p', { class: 'quiet small' }, t('join.orType')), el('p', {}, el('code', { class: 'secret' }, (secret.match(/.{1,4}/g) ?? []).join(' '))),
    el('p', {}, el('a', { class: 'button', href: address }, t('join.openApp'))));
}

/** @param {string} text what the code says */
async function picture(text) {
  const { default: encode } = await import('../../vendor/qr/index.js');
  const rows = encode(text, 'raw', { border: 4 });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  return svg('svg', { class: 'code', viewBox: `0 0 ${rows.length} ${rows.length}`, role: 'img', 'aria-label': t('join.codeOf'), 'shape-rendering': 'crispEdges' },
    svg('rect', { width: rows.length, height: rows.length, fill: '#fff' }), svg('path', { d: path, fill: '#000' }));
}
