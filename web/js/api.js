// Asking the service: `/api/v1` on this host, with the session's cookie. Every failure is a `Failure`, which has a sentence
// for the reader.

import { language, t } from './i18n.js';

/** @typedef {import('./types').Problem} Problem */
/** @typedef {Record<string, string | number | boolean | string[] | null | undefined>} Params */

/**
 * @template T
 * @typedef {object} Answer
 * @property {T} body
 * @property {number} status
 * @property {string | null} etag what `ifMatch` takes when the record is changed
 * @property {Date} at when the server answered, by its own clock
 */

/**
 * @typedef {object} Asking
 * @property {Params} [params] lists are joined with commas, what is null or undefined is left out
 * @property {unknown} [body] sent as JSON; a file or a form with one as it is
 * @property {string} [key] the `Idempotency-Key`: the same again has no further effect
 * @property {string} [ifMatch] the `etag` of the record that was read
 * @property {AbortSignal} [signal]
 */

/** Why a request was not answered as hoped. */
export class Failure extends Error {
  /**
   * @param {number} status 0 if nothing came back
   * @param {Problem | null} problem
   * @param {number} retryAfter seconds after which it may be tried again; 0 for unknown
   */
  constructor(status, problem, retryAfter) {
    super(problem?.detail ?? problem?.title ?? 'no answer');
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The stable name of what went wrong, such as `tooManyRequests`; empty if nothing came back. */
  get code() {
    return this.problem?.code ?? '';
  }

  /** Whether there was no network, or nobody at its other end. */
  get isOffline() {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

/**
 * What to tell the reader of a failure.
 * @param {unknown} error
 * @returns {string}
 */
export function sentence(error) {
  if (!(error instanceof Failure)) return t('failure.here');
  if (error.isOffline) return t('failure.offline');
  if (error.status === 401) return t('failure.signIn');
  const title = error.problem?.title ?? t('failure.there');
  const wrong = error.problem?.errors?.[0];
  const more = wrong ? `${t('colon')}${wrong.field} ${wrong.message}` : '';
  const wait = error.retryAfter > 0 ? ` ${t('failure.wait', { seconds: error.retryAfter })}` : '';
  return `${title}${more}${wait}`;
}

/**
 * @template T
 * @param {string} method
 * @param {string} path below `/api/v1`
 * @param {Asking} [asking]
 * @returns {Promise<Answer<T>>}
 */
export async function ask(method, path, asking = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'Accept-Language': language };
  if (asking.key) headers['Idempotency-Key'] = asking.key;
  if (asking.ifMatch) headers['If-Match'] = asking.ifMatch;
  const body = written(asking.body);
  if (typeof body === 'string') headers['Content-Type'] = 'application/json';
  else if (body instanceof Blob) headers['Content-Type'] = body.type;
  const response = await fetch(address(path, asking.params), {
    method, headers, body, signal: asking.signal ?? null, credentials: 'same-origin',
  }).catch((error) => {
    throw error.name === 'AbortError' ? error : new Failure(0, null, 0);
  });
  return read(response);
}

/** @param {unknown} body as it goes out; the browser says itself what a form is */
function written(body) {
  if (body === undefined) return null;
  return body instanceof Blob || body instanceof FormData ? body : JSON.stringify(body);
}

/**
 * @template T
 * @param {Response} response
 * @returns {Promise<Answer<T>>}
 */
async function read(response) {
  const type = response.headers.get('Content-Type') ?? '';
  const body = type.includes('json') ? await response.json().catch(() => null) : null;
  if (!response.ok) {
    const wait = Number(response.headers.get('Retry-After') ?? body?.retryAfterSeconds ?? 0);
    throw new Failure(response.status, body, Number.isFinite(wait) ? wait : 0);
  }
  const at = new Date(response.headers.get('Date') ?? Date.now());
  return { body, status: response.status, etag: response.headers.get('ETag'), at };
}

/**
 * The body of a GET.
 * @template T
 * @param {string} path
 * @param {Params} [params]
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export async function get(path, params, signal) {
  /** @type {Answer<T>} */
  const answer = await ask('GET', path, { ...(params && { params }), ...(signal && { signal }) });
  return answer.body;
}

/**
 * All pages of a list, `most` records at most.
 * @template T
 * @param {string} path
 * @param {Params} [params]
 * @param {number} [most]
 * @returns {Promise<T[]>}
 */
export async function all(path, params = {}, most = 2000) {
  /** @type {T[]} */
  const items = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    /** @type {{items: T[], next?: string}} */
    const page = await get(path, { limit: 100, ...params, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && items.length < most);
  return items;
}

/**
 * The address of an operation.
 * @param {string} path
 * @param {Params} [params]
 */
export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = query.toString();
  return `/api/v1${path}${text && '?'}${text}`;
}

/** A name for a request, so that it takes effect once however often it is sent. */
export function newKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
