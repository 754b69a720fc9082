// The demonstration's admin, by the interface alone: to prepare what a page is to show, and to see what it did.

import { freshCode, staffAs } from './signin.js';

/** @typedef {(method: string, path: string, body?: unknown, ifMatch?: string) => Promise<any>} Asking */

/** @type {Map<string, Promise<string>>} */
const tokens = new Map();

/**
 * @param {import('./demo.js').Demo} demo
 * @returns {Promise<Asking>} answers with the body, and throws where the service refuses
 */
export async function asAdmin(demo) {
  const { login, password, secret } = staffAs(demo, 'admin');
  const signIn = async () => {
    const body = { login, password, code: await freshCode(secret) };
    return (await send(demo.origin, 'POST', '/sessions', body)).token;
  };
  if (!tokens.has(demo.origin)) tokens.set(demo.origin, signIn());
  const token = await tokens.get(demo.origin);
  return (method, path, body, ifMatch) => send(demo.origin, method, path, body, { Authorization: `Bearer ${token}`, ...(ifMatch && { 'If-Match': ifMatch }) });
}

/**
 * @param {string} origin
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 */
async function send(origin, method, path, body, headers = {}) {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method, headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}
