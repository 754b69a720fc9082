// Sheets of A4 with plates at their true size, four on each, with a line to say what they are and edges to cut along.

import { el } from '../../dom.js';
import { nameOf } from '../../facts.js';
import { t } from '../../i18n.js';

/** @typedef {import('../../types').Toilet} Toilet */
/** @typedef {import('../keeping/types').Plate['kind']} Kind */

export const ON_A_SHEET = 4;
/** How many drawings are asked for at once. */
const AT_ONCE = 6;

/**
 * @param {Toilet[]} toilets
 * @param {Kind[]} kinds
 * @returns {{paper: HTMLElement, ready: Promise<number>}} ready tells how many drawings did not come
 */
export function sheets(toilets, kinds) {
  const plates = toilets.flatMap((toilet) => kinds.map((kind) => ({ toilet, kind, drawing: el('img', { alt: `${nameOf(toilet)} ${t(`plates.${kind}`)}` }) })));
  const paper = el('div', { class: 'keep-sheets', role: 'group', 'aria-label': t('plates.print') });
  for (let at = 0; at < plates.length; at += ON_A_SHEET) {
    paper.append(el('section', { class: 'keep-sheet' }, plates.slice(at, at + ON_A_SHEET).map(({ toilet, kind, drawing }) =>
      el('figure', {}, el('figcaption', {}, `#${toilet.id} ${nameOf(toilet)} · ${t(`plates.${kind}`)}`), drawing))));
  }
  return { paper, ready: draw(plates) };
}

/** @param {{toilet: Toilet, kind: Kind, drawing: HTMLImageElement}[]} plates */
async function draw(plates) {
  const waiting = [...plates];
  let failed = 0;
  const one = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { toilet, kind, drawing } = next;
      drawing.src = `/api/v1/toilets/${toilet.id}/plates/drawing?kind=${kind}`;
      // An image has no other way to say that it did not come.
      if (!(await drawing.decode().then(() => true, () => false))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return failed;
}
