// Signing in with a login, a password and, for whoever has one, the code of the second factor; and proving it again.

import { Failure, ask, sentence } from '../api.js';
import { field, sheet } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../types').Member} Member */

const CODE = { name: 'code', inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, autocomplete: 'one-time-code', title: t('signin.codeForm') };

/** Roles that ask for a second factor. */
const WITH_FACTOR = ['supervisor', 'admin'];

/**
 * Shows the form in the place of all else.
 * @param {HTMLElement} main
 * @param {() => void} done
 */
export function signIn(main, done) {
  show(main, el('div', { class: 'narrow-page' }, el('section', { class: 'card' }, el('h1', {}, t('signin.title')), form(done),
    el('p', { class: 'quiet small' }, t('signin.help')))));
}

/**
 * The form, for a page or a sheet.
 * @param {() => void} done
 */
function form(done) {
  const login = el('input', { name: 'login', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: 64 });
  const password = el('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 });
  return asking(t('signin.go'), [field(t('signin.login'), login), field(t('signin.password'), password), field(t('signin.code'), el('input', CODE))], async (given) => {
    const code = String(given.get('code') ?? '').trim();
    await ask('POST', '/sessions', { body: { login: given.get('login'), password: given.get('password'), ...(code && { code }), cookie: true } });
    done();
  }, t('signin.wrong'));
}

/**
 * A form that sends what was given and says what went wrong.
 * @param {string} label of its button
 * @param {HTMLElement[]} fields
 * @param {(given: FormData) => Promise<void>} send
 * @param {string} wrong what a 401 means here
 */
function asking(label, fields, send, wrong) {
  const said = el('p', { role: 'alert' });
  const button = el('button', { class: 'button main', type: 'submit' }, label);
  const made = el('form', {}, ...fields, said, el('p', { class: 'row' }, button));
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await send(new FormData(made));
    } catch (error) {
      show(said, el('span', { class: 'note bad' }, isWrong(error) ? wrong : sentence(error)));
    }
    button.disabled = false;
  });
  return made;
}

/** @param {unknown} error whether what was given is not right: of a proof the service says that one is still needed */
function isWrong(error) {
  return error instanceof Failure && (error.status === 401 || error.code === 'stepUpNeeded');
}

/** @type {Promise<boolean> | null} one sheet for all requests that wait */
let open = null;

/**
 * The session has ended: the same person signs in anew, over what they were doing.
 * @param {Member} me
 * @returns {Promise<boolean>} whether they did
 */
export function signInAgain(me) {
  return shared((done) => sheet(t('signin.again'), el('p', {}, t('signin.ended')), form(async () => {
    /** @type {import('../api.js').Answer<Member>} */
    const { body } = await ask('GET', '/me');
    // Whatever is on the screen belongs to the one who was signed in before.
    if (body.id !== me.id) location.reload();
    else done();
  })));
}

/**
 * The service wants to know that it is really them: by the code, of whoever has a second factor, else by the password.
 * @param {Member} me
 * @returns {Promise<boolean>} whether they proved it
 */
export function proveAgain(me) {
  const hasFactor = me.grants.some(({ role }) => WITH_FACTOR.includes(role));
  const name = hasFactor ? 'code' : 'password';
  const input = hasFactor ? el('input', { ...CODE, required: true }) : el('input', { name, type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 });
  return shared((done) => sheet(t('signin.proof'), el('p', {}, t('signin.proofWhy')),
    asking(t('signin.prove'), [field(t(hasFactor ? 'signin.proofCode' : 'signin.password'), input)], async (given) => {
      await ask('POST', '/sessions/current/proof', { body: { [name]: String(given.get(name)).trim() } });
      done();
    }, t(hasFactor ? 'signin.wrongCode' : 'signin.wrongPassword'))));
}

/**
 * @param {(done: () => void) => HTMLDialogElement} show
 * @returns {Promise<boolean>}
 */
function shared(show) {
  open ??= new Promise((resolve) => {
    let isDone = false;
    const dialog = show(() => {
      isDone = true;
      dialog.close();
    });
    dialog.addEventListener('close', () => {
      open = null;
      resolve(isDone);
    });
  });
  return open;
}
