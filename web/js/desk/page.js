// `/desk`: the supervisors' day. This is its frame: signing in, and the way between the parts.
//
// A part is a module `js/desk/<part>.js` with `open(root, desk)`, loaded when the hash of the address first names it:
// `#outages/17` opens `outages.js` with `desk.path` `['17']`. `root` is an empty element that is the part's own; a heading of
// level 1 belongs at its top. `open` may be async: meanwhile the frame shows that it waits, and what it throws becomes a
// sentence with a way to try again. Each change of the hash opens the part anew in an empty root and aborts the `desk.signal`
// of before: whatever a part begins (timers, streams, listeners outside of root) it ends with that. Requests go through
// `desk.ask`, `desk.get` and `desk.all`: these ask the reader for a proof (403 `stepUpNeeded`) or to sign in again (401) and
// go on, so that nothing that was typed is lost. `desk.may` tells what to show. Types: `types.d.ts`. Words: the dictionaries
// `desk` (frame, today, figures, plans) and `deskwork` (all other parts). A new part is named in `PARTS` of `parts.js`.

import { Failure, get } from '../api.js';
import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { keep, kept } from '../keep.js';
import { bar, keepPages } from '../shell.js';
import { makeDesk } from './desk.js';
import { failed, frame, leave, navigate } from './frame.js';
import { signIn } from './signin.js';

/** @typedef {import('../types').Member} Member */

const main = byId('main');
/** Under this name the device remembers that somebody signed in at the desk. */
const SIGNED_IN = 'desk';

async function begin() {
  // A visitor who never signed in here is not asked for, which would be refused.
  if (kept(SIGNED_IN) === null) {
    welcome();
    keepPages();
    return;
  }
  bar(t('title.desk'), { home: '/desk' });
  show(main, el('p', { class: 'desk-wait quiet', role: 'status' }, t('loading')));
  try {
    /** @type {Member} */
    const me = await get('/me');
    await opened(me);
  } catch (error) {
    if (error instanceof Failure && error.status === 401) welcome();
    else failed(main, error, begin);
  }
  keepPages();
}

/** Nobody is signed in. */
function welcome() {
  bar(t('title.desk'), { home: '/desk' });
  signIn(main, () => {
    keep(SIGNED_IN, 'yes');
    begin();
  });
}

/** @param {Member} me somebody is */
async function opened(me) {
  const context = await makeDesk(me);
  frame(main, context, async () => {
    await leave();
    keep(SIGNED_IN, null);
    welcome();
  });
  addEventListener('hashchange', navigate);
  await navigate();
}

begin();
