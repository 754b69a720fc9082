// What the server says of itself, in the page that it sent.

/** @typedef {import('./types').Crs} Crs */

/**
 * @typedef {object} Settings
 * @property {Crs} crs the one datum in which this page speaks of positions
 * @property {{url: string, attribution: string}} [tiles] what the map is drawn on; a plain ground without
 * @property {boolean} [wechat] whether the staff can sign in with WeChat here
 */

/** @type {Settings} */
export const settings = JSON.parse(document.documentElement.dataset.settings ?? '{"crs": "wgs84"}');

/** Where the files of this state of the page are, such as `/web/0123456789abcdef/`. */
export const WEB = new URL('..', import.meta.url).pathname;
