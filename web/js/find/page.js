// `/` and `/toilets/{id}`: finding, and one toilet, in one page, so that going there and back costs nothing.

import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { bar } from '../shell.js';
import { begin, finding, lastPlace } from './finding.js';

const main = byId('main');
const home = finding();
/** How far down the list was, for who comes back to it. */
let height = 0;

/** The number of the toilet that an address names. */
function asked() {
  return /^\/toilets\/(\d{1,9})$/.exec(location.pathname)?.[1];
}

async function open() {
  const id = asked();
  bar(t('title.find'));
  if (id) {
    show(main, el('div', { class: 'detail' }, el('p', { class: 'card', role: 'status' }, t('loading'))));
    const { detail } = await import('./detail.js');
    await detail(main, Number(id), lastPlace());
    return;
  }
  show(main, home);
  scrollTo(0, height);
  begin();
}

/** @param {MouseEvent} event */
function inside(event) {
  const link = event.target instanceof Element ? event.target.closest('a[data-inside], a.brand') : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (!asked()) height = scrollY;
  if (link.pathname !== location.pathname) history.pushState(null, '', link.pathname);
  open();
  if (asked()) scrollTo(0, 0);
}

document.addEventListener('click', inside);
addEventListener('popstate', open);
open();
