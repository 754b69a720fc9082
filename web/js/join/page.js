// `/join#INVITATION`: whoever was invited joins. The invitation stands behind the #, which no browser sends to a server.

import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { bar, keepPages } from '../shell.js';
import { done } from './done.js';
import { form } from './form.js';

const main = byId('main');
const invitation = decodeURIComponent(location.hash.slice(1));

bar(t('title.join'));
// It counts once, and is nobody's business who looks at the screen or the history.
history.replaceState(null, '', location.pathname);
draw(t('join.welcome'), el('p', { class: 'quiet' }, t(invitation ? 'join.lead' : 'join.none')),
  form(invitation, async (joined) => draw(t('join.done'), ...(await done(joined)))));
keepPages();
// Another invitation, opened where one was before.
addEventListener('hashchange', () => location.reload());

/**
 * @param {string} title
 * @param {...(Node | string | false)} children
 */
function draw(title, ...children) {
  show(main, el('div', { class: 'narrow-page' }, el('section', { class: 'card join' }, el('h1', {}, title), ...children)));
}
