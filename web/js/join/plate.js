// A plate that does not count.

import { byId, el, show } from '../dom.js';
import { t } from '../i18n.js';
import { bar, keepPages } from '../shell.js';

bar(t('title.plate'));
show(byId('main'), el('div', { class: 'narrow-page' }, el('section', { class: 'card join' }, el('h1', {}, t('plate.unknown')), el('p', {}, t('plate.why')),
  el('p', { class: 'row' }, el('a', { class: 'button main', href: '/' }, t('plate.find')), el('a', { class: 'button', href: '/staff' }, t('plate.clean'))))));
keepPages();
