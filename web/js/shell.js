// What stands around each page: the bar at the top with its switches, and the service worker.

import { byId, el, show, toast } from './dom.js';
import { language, switchLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { keep, kept } from './keep.js';

const root = document.documentElement;
root.toggleAttribute('data-large', kept('large') === 'yes');

/**
 * Puts the bar at the top of the page.
 * @param {string} title
 * @param {{home?: string, more?: Node[]}} [options] where the title leads, and what else stands in the bar
 */
export function bar(title, { home = '/', more = [] } = {}) {
  document.title = title;
  show(
    byId('top'),
    el('a', { class: 'brand', href: home }, icon('door'), el('span', {}, title)),
    ...more,
    largeSwitch(),
    el('button', { class: 'plain narrow', type: 'button', lang: language === 'en' ? 'zh-CN' : 'en', onclick: switchLanguage },
      language === 'en' ? '中文' : 'EN'),
  );
}

/** Large type, for whoever reads with difficulty; remembered. */
function largeSwitch() {
  const isLarge = () => root.hasAttribute('data-large');
  const button = el('button', {
    class: 'plain narrow', type: 'button', 'aria-pressed': isLarge(), 'aria-label': t('large'), title: t('large'),
    onclick: () => {
      root.toggleAttribute('data-large');
      button.setAttribute('aria-pressed', String(isLarge()));
      keep('large', isLarge() ? 'yes' : null);
    },
  }, icon('letters'));
  return button;
}

/** Keeps the pages on this device, once what the reader waits for is there. */
export function keepPages() {
  navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
}

/** Tells a reader whose page is older than the server's that a module is gone, when one is loaded late. */
addEventListener('unhandledrejection', (event) => {
  if (event.reason instanceof TypeError && /module|import/i.test(event.reason.message)) toast(t('failure.stale'));
});
