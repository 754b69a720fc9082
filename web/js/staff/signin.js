// Signing in: with WeChat within WeChat, six digits on a phone where somebody joined, or a name and a password.

import { Failure, sentence } from '../api.js';
import { choice, field, sheet } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { people, signIn } from './person.js';
import { waitingByPerson } from './store.js';
import { canUseWechat, wechatPart } from './wechat.js';

/** @typedef {import('./types').Person} Person */

/**
 * The whole page asks who is there.
 * @param {HTMLElement} main
 * @param {(person: Person) => void} done
 * @param {Node | null} [above] what is to be said first
 */
export async function signInPage(main, done, above = null) {
  const waiting = await waitingByPerson().catch(() => new Map());
  const here = await people();
  const notes = here.filter(({ id }) => waiting.has(id)).map(({ id, name }) => el('p', { class: 'note' }, t('signin.waiting', { name, n: waiting.get(id) ?? 0 })));
  show(main, el('div', { class: 'narrow-page' }, above, ...notes,
    el('section', { class: 'card' }, el('h1', {}, t('signin.title')), signInForm(here, done), el('p', { class: 'quiet small foot' }, t('signin.join')))));
}

/**
 * The session has ended: the same person signs in again, over what they were doing.
 * @param {Person} person
 * @param {() => void} done
 */
export async function signInSheet(person, done) {
  const here = (await people()).filter(({ id }) => id === person.id);
  const dialog = sheet(t('signin.again'), el('p', { class: 'quiet' }, t('signin.kept')), signInForm(here, (found) => {
    dialog.close();
    // What is on the screen belongs to the one who was here before.
    if (found.id === person.id) done();
    else location.reload();
  }));
}

/**
 * @param {Person[]} known
 * @param {(person: Person) => void} done
 */
function signInForm(known, done) {
  const here = known.filter((one) => one.device);
  const place = el('div', {});
  const swap = (/** @type {boolean} */ byPin) => show(place, byPin ? pinForm(here, done) : passwordForm(done),
    here.length > 0 && el('p', {}, el('button', { class: 'plain', type: 'button', onclick: () => swap(!byPin) }, t(byPin ? 'signin.byPassword' : 'signin.byPin'))));
  swap(here.length > 0);
  return canUseWechat() ? el('div', {}, wechatPart(), el('p', { class: 'quiet or' }, t('wechat.or')), place) : place;
}

/**
 * @param {Person[]} here who has a PIN on this device
 * @param {(person: Person) => void} done
 */
function pinForm(here, done) {
  const who = choice('who', here.map(({ id, name }) => [id, name]));
  const pin = el('input', { name: 'pin', class: 'pin', type: 'password', inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, required: true, autocomplete: 'current-password' });
  const one = here.length === 1 ? el('p', { class: 'who' }, here[0]?.name) : field(t('signin.who'), who);
  return form([one, field(t('signin.pin'), pin)], () => {
    const device = here.find(({ id }) => id === who.value)?.device;
    return signIn({ device, pin: pin.value }, device);
  }, done, t('signin.wrongPin'));
}

/** @param {(person: Person) => void} done */
function passwordForm(done) {
  const login = el('input', { name: 'login', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true, maxlength: 64 });
  const password = el('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true, maxlength: 128 });
  const code = el('input', { name: 'code', inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, autocomplete: 'one-time-code' });
  return form([field(t('signin.login'), login), field(t('signin.password'), password), field(t('signin.code'), code)],
    () => signIn({ login: login.value.trim(), password: password.value, ...(code.value && { code: code.value }) }), done, t('signin.wrong'));
}

/**
 * @param {Node[]} fields
 * @param {() => Promise<Person>} send
 * @param {(person: Person) => void} done
 * @param {string} wrong what a 401 means
 */
function form(fields, send, done, wrong) {
  const said = el('p', { role: 'alert' });
  const button = el('button', { class: canUseWechat() ? 'button wide' : 'button main wide', type: 'submit' }, t('signin.go'));
  const made = el('form', {}, ...fields, said, button);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      done(await send());
    } catch (error) {
      show(said, el('span', { class: 'note bad' }, error instanceof Failure && error.status === 401 ? wrong : sentence(error)));
    }
    button.disabled = false;
  });
  return made;
}
