// `#suggestions`: what people say is wrong, missing or gone, to be taken up or turned down. `#suggestions/accepted`.

import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { empty, head, quietly, rows, section } from './keeping/look.js';
import { areaNames, toiletsOf } from './keeping/pick.js';
import { card } from './suggestions/card.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').Suggestion} Suggestion */

/** @typedef {object} Seen what is shown, and how it is read again
 * @property {Desk} desk
 * @property {Map<number, import('../types').Toilet>} toilets
 * @property {(code: string | undefined) => string} areaName
 * @property {() => Promise<void>} again */

const STATES = /** @type {const} */ (['open', 'accepted', 'rejected']);
const MOST = 300;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const state = STATES.find((one) => one === desk.path[0]) ?? 'open';
  const read = async () => {
    /** @type {[Suggestion[], (code: string | undefined) => string]} */
    const [list, areaName] = await Promise.all([desk.all('/suggestions', { state }, MOST), areaNames(desk)]);
    const toilets = await toiletsOf(desk, list.flatMap(({ toilet }) => toilet ?? []));
    /** @type {Seen} */
    const seen = { desk, toilets, areaName, again };
    const shown = state === 'open' ? list : [...list].reverse();
    show(root, head(t('suggestions.title'), t('suggestions.lead')), tabs(state),
      section(t(`suggestions.${state}`), list.length, list.length === 0 ? empty(t(`suggestions.none.${state}`)) : rows(shown.map((one) => card(seen, one)))));
  };
  const again = quietly(read);
  await read();
}

/** @param {typeof STATES[number]} here */
function tabs(here) {
  return el('nav', { class: 'keep-tabs', 'aria-label': t('suggestions.title') },
    STATES.map((state) => el('a', { href: `#suggestions/${state}`, 'aria-current': state === here ? 'page' : null }, t(`suggestions.${state}`))));
}
