// `#people`: who works here, who is invited, and who answers for which toilet. `#people/custodians`, `#people/toilet/17`.

import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { assignments, custodians } from './people/custodians.js';
import { invitations, invite } from './people/invitations.js';
import { members } from './people/members.js';
import { areaNames, staff } from './keeping/pick.js';
import { button, head, quietly } from './keeping/look.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').Operator} Operator */

/** @typedef {object} People what the pages of this part share
 * @property {Desk} desk
 * @property {import('../types').Member[]} members
 * @property {(code: string | undefined) => string} areaName
 * @property {Operator[]} operators
 * @property {() => Promise<void>} again reads and shows it anew */

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const [page = '', id] = desk.path;
  const read = async () => {
    const [members, areaName, operators] = await Promise.all([staff(desk), areaNames(desk), desk.all('/operators')]);
    /** @type {People} */
    const people = { desk, members, areaName, operators: /** @type {Operator[]} */ (operators), again };
    if (page === 'custodians') await custodians(root, people);
    else if (page === 'toilet' && id) await assignments(root, people, Number(id));
    else await everybody(root, people);
  };
  const again = quietly(read);
  await read();
}

/**
 * @param {HTMLElement} root
 * @param {People} people
 */
async function everybody(root, people) {
  const { desk } = people;
  const waiting = await invitations(people);
  show(root, head(t('people.title'), t('people.lead'), desk.may('invite') && button(t('people.invite'), () => invite(people), 'main')),
    tabs('staff'), waiting, members(people));
}

/** @param {'staff' | 'custodians'} here */
export function tabs(here) {
  const link = (/** @type {'staff' | 'custodians'} */ name, /** @type {string} */ href) => el('a', { href, 'aria-current': name === here ? 'page' : null }, t(`people.tab.${name}`));
  return el('nav', { class: 'keep-tabs', 'aria-label': t('people.title') }, link('staff', '#people'), link('custodians', '#people/custodians'));
}
