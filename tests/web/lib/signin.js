// The demonstration county with staff who can sign in at the desk.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';

import { startDemo } from './demo.js';

/** @typedef {import('./demo.js').Demo} Demo */
/** @typedef {Demo['staff'][number]} SignIn */

/**
 * Starts it on a port that its pages know: the page's cookie counts only for requests from there.
 * @param {Record<string, string>} [settings]
 * @param {string[]} [options] such as `['--history', '3']`
 * @returns {Promise<Demo>}
 */
export async function startDesk(settings = {}, options = []) {
  return startDemo({ GONGCE_LISTEN: `127.0.0.1:${await freePort()}`, ...settings }, options);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Who can sign in as that.
 * @param {Demo} demo
 * @param {string} role
 * @returns {SignIn}
 */
export function staffAs(demo, role) {
  const found = demo.staff.find((one) => one.role === role);
  if (!found) throw new Error(`the demonstration has no ${role}`);
  return found;
}

/** The last step whose code was given for each secret: a code counts once. @type {Map<string, number>} */
const used = new Map();

/**
 * A code of the second factor that was not used yet; the service takes one that is half a minute early, so that two can be had
 * at once. Whoever needs a third waits for it.
 * @param {string} secret
 * @returns {Promise<string>}
 */
export async function freshCode(secret) {
  const now = () => Math.floor(Date.now() / 30000);
  const step = Math.max(now(), (used.get(secret) ?? 0) + 1);
  used.set(secret, step);
  while (step > now() + 1) await new Promise((resolve) => setTimeout(resolve, 500));
  return totp(secret, step);
}

/**
 * @param {string} secret in Base32
 * @param {number} step of half a minute
 */
function totp(secret, step) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest[19] ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** The cookie of whoever has signed in already, so that no second code is needed. @type {Map<string, {name: string, value: string, url: string}>} */
const cookies = new Map();

/**
 * Has the browser signed in as somebody of the demonstration, without the form. Open the desk afterwards.
 * @param {import('playwright-core').BrowserContext} context
 * @param {Demo} demo
 * @param {string} role
 */
export async function signedIn(context, demo, role) {
  const person = staffAs(demo, role);
  const known = `${demo.origin} ${person.login}`;
  const cookie = cookies.get(known) ?? await opened(demo.origin, person);
  cookies.set(known, cookie);
  await context.addCookies([cookie]);
  // As the page remembers it.
  await context.addInitScript(() => localStorage.setItem('gongce.desk', 'yes'));
}

/**
 * @param {string} origin
 * @param {SignIn} person
 */
async function opened(origin, person) {
  const { login, password, secret } = person;
  const code = secret ? { code: await freshCode(secret) } : {};
  const response = await fetch(`${origin}/api/v1/sessions`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin },
    body: JSON.stringify({ login, password, ...code, cookie: true }),
  });
  const [pair = ''] = (response.headers.get('Set-Cookie') ?? '').split(';');
  const at = pair.indexOf('=');
  if (!response.ok || at < 0) throw new Error(`${login} could not sign in: ${response.status} ${await response.text()}`);
  return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin };
}
