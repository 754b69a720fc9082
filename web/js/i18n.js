// Words in the reader's language: the one they chose here, or else the one the server found in `Accept-Language`.
//
// Each page names the dictionaries that it needs in `data-words` of its <html>: `js/i18n/{language}/{part}.js`.

import { keep, kept } from './keep.js';

/** @typedef {import('./types').Word} Word */
/** @typedef {'zh-CN' | 'en'} Language */

const root = document.documentElement;
const chosen = kept('language') ?? root.lang;

/** @type {Language} */
export const language = chosen === 'en' ? 'en' : 'zh-CN';
root.lang = language;

/** @type {Record<string, string>} */
const words = {};
const parts = (root.dataset.words ?? 'common').split(' ');
for (const part of await Promise.all(parts.map((name) => import(`./i18n/${language}/${name}.js`)))) {
  Object.assign(words, part.default);
}

/**
 * What stands for a key, `{name}` in it filled in.
 * @param {Word} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The word for a value from a list of the interface, such as `wheelchair`; the value itself if there is none.
 * @param {string} group the first part of the keys
 * @param {string} value
 */
export function named(group, value) {
  return words[`${group}.${value}`] ?? value;
}

/** Shows the page in the other language, and remembers it. */
export function switchLanguage() {
  keep('language', language === 'en' ? 'zh-CN' : 'en');
  location.reload();
}
