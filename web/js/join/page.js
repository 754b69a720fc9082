// `/join#INVITATION`: whoever was invited joins. The invitation stands behind the #, which no browser sends to a server.

import { Failure, ask, sentence } from '../api.js';
import { choice, field } from '../dialog.js';
import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { keep } from '../keep.js';
import { bar } from '../shell.js';

/** @typedef {{person: string, totp?: string, device?: string}} Acceptation */

const main = byId('main');
const invitation = decodeURIComponent(location.hash.slice(1));

bar(t('title.join'));
// It counts once, and is nobody's business who looks at the screen or the history.
history.replaceState(null, '', location.pathname);
draw(invitation ? form() : el('p', { class: 'note' }, t('join.none')));

/** @param {...(Node | false)} children */
function draw(...children) {
  show(main, el('div', { class: 'narrow-page' }, el('section', { class: 'card' }, el('h1', {}, t('join.welcome')), ...children)));
}

function form() {
  const pin = field(t('join.pin'), el('input', { name: 'pin', inputmode: 'numeric', pattern: '[0-9]{6}', autocomplete: 'new-password', type: 'password', maxlength: 6 }));
  const password = el('div', { hidden: true }, field(t('join.login'), el('input', { name: 'login', autocomplete: 'username' })),
    field(t('join.password'), el('input', { name: 'password', type: 'password', autocomplete: 'new-password' })));
  const how = choice('how', [['pin', t('join.withPin')], ['password', t('join.withPassword')]]);
  how.addEventListener('change', () => {
    pin.hidden = how.value !== 'pin';
    password.hidden = how.value === 'pin';
  });
  const said = el('p', { role: 'alert' });
  const made = el('form', {}, field(t('join.how'), how), pin, password, said, el('p', { class: 'row' }, el('button', { class: 'button main', type: 'submit' }, t('join.go'))));
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    accept(new FormData(made), said);
  });
  return made;
}

/**
 * @param {FormData} given
 * @param {HTMLElement} said
 */
async function accept(given, said) {
  const body = given.get('how') === 'pin'
    ? { invitation, pin: given.get('pin') }
    : { invitation, login: given.get('login'), password: given.get('password') };
  try {
    /** @type {import('../api.js').Answer<Acceptation>} */
    const { body: joined } = await ask('POST', '/invitations/accept', { body });
    if (joined.device) keep('device', joined.device);
    done(joined);
  } catch (error) {
    const isGone = error instanceof Failure && error.status === 404;
    show(said, el('span', { class: 'note bad' }, isGone ? t('join.used') : sentence(error)));
  }
}

/** @param {Acceptation} joined */
function done(joined) {
  draw(
    el('h2', {}, t('join.done')),
    joined.totp !== undefined && el('p', {}, t('join.secondFactor')),
    joined.totp !== undefined && el('p', {}, el('code', { class: 'secret' }, joined.totp)),
    el('p', { class: 'row' }, joined.device
      ? el('a', { class: 'button main', href: '/staff' }, t('join.toStaff'))
      : el('a', { class: 'button main', href: '/desk' }, t('join.toDesk'))),
  );
}
