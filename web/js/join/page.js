// `/join#INVITATION`: whoever was invited joins. The invitation stands behind the #, which no browser sends to a server.

import { Failure } from '../api.js';
import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { bar, keepPages } from '../shell.js';
import { arrive, cameBack, why } from '../staff/wechat.js';
import { done } from './done.js';
import { form } from './form.js';

const main = byId('main');
const invitation = decodeURIComponent(location.hash.slice(1));
const back = cameBack();

bar(t('title.join'));
// It counts once, and is nobody's business who looks at the screen or the history.
history.replaceState(null, '', location.pathname);
if (back) await joinedWith(back);
else begin();
keepPages();
// Another invitation, opened where one was before.
addEventListener('hashchange', () => location.reload());

function begin() {
  draw(t('join.welcome'), el('p', { class: 'quiet' }, t(invitation ? 'join.lead' : 'join.none')),
    form(invitation, async (joined) => draw(t('join.done'), ...(await done(joined)))));
}

/**
 * Somebody comes back from WeChat, where they went for an invitation.
 * @param {import('../staff/wechat.js').Back} from
 */
async function joinedWith(from) {
  draw(t('join.welcome'), el('p', { class: 'quiet', role: 'status' }, t('loading')));
  try {
    const signed = await arrive(from);
    draw(t('join.done'), ...(await done({ wechat: true, ...signed })));
  } catch (error) {
    const told = error instanceof Failure && error.status === 404 ? t('join.used') : why(error);
    draw(t('join.notYet'), el('p', { role: 'alert' }, el('span', { class: 'note bad' }, told)), el('p', { class: 'quiet' }, t('join.openAgain')));
  }
}

/**
 * @param {string} title
 * @param {...(Node | string | false)} children
 */
function draw(title, ...children) {
  show(main, el('div', { class: 'narrow-page' }, el('section', { class: 'card join' }, el('h1', {}, title), ...children)));
}
