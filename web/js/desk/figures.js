// Figures: how much of what was due was done on time, in a span of days that the reader chooses.

import { address, sentence } from '../api.js';
import { el, show } from '../dom.js';
import { clock } from '../format.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { heat } from './figures/heat.js';
import { plot } from './figures/plot.js';
import { controls, lengthOf } from './figures/span.js';
import { table, totals } from './figures/table.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./types').CleaningFigures} CleaningFigures */
/** @typedef {import('./types').CoverageFigures} CoverageFigures */
/** @typedef {import('./figures/span.js').Asked} Asked */

/** What was asked whose table the reader wants whole. @type {WeakSet<Asked>} */
const wholeTables = new WeakSet();
/** Longer spans are plotted by week. */
const BY_DAY = 100;

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const [areas, toilets] = await Promise.all([desk.areas(), desk.toilets()]);
  const names = new Map(toilets.map((toilet) => [toilet.id, nameOf(toilet)]));
  const places = { sums: el('div', { class: 'figure-tiles' }), plot: el('div'), table: el('div'), heat: el('div'), take: el('div', { class: 'row' }), said: el('div', { role: 'alert' }), asOf: el('p', { class: 'quiet small' }) };
  let now = new AbortController();
  desk.signal.addEventListener('abort', () => now.abort());
  const { form, begin } = controls(desk, [['', t('today.allAreas')], ...areas.map((area) => /** @type {[string, string]} */ ([area.code, area.name]))], (asked) => {
    now.abort();
    now = new AbortController();
    tell(desk, places, asked, names, now.signal);
  });
  const card = (/** @type {string} */ title, /** @type {Node[]} */ ...inner) => el('section', { class: 'card' }, el('h2', {}, title), ...inner);
  show(root, el('div', { class: 'part-head' }, el('h1', {}, t('part.figures'))), form, places.said, places.sums,
    card(t('figures.byDay'), places.plot), card(t('figures.table'), places.table), card(t('heat.title'), places.heat),
    card(t('figures.take'), el('p', { class: 'quiet small' }, t('figures.takeHow')), places.take), places.asOf);
  begin();
}

/**
 * @param {Desk} desk
 * @param {Record<'sums' | 'plot' | 'table' | 'heat' | 'take' | 'said' | 'asOf', HTMLElement>} places
 * @param {Asked} asked
 * @param {Map<number, string>} names
 * @param {AbortSignal} signal
 */
async function tell(desk, places, asked, names, signal) {
  const span = { from: asked.from, to: asked.to, area: asked.area || undefined };
  const cleaning = (/** @type {import('../api.js').Params} */ more) => /** @type {Promise<CleaningFigures>} */ (desk.get('/figures/cleaning', { ...span, ...more }));
  const coverage = (/** @type {string} */ groupBy) => /** @type {Promise<CoverageFigures>} */ (desk.get('/figures/coverage', { ...span, groupBy }));
  const hasMore = asked.groupBy !== 'person';
  show(places.said);
  heat(desk, places.heat, asked, signal);
  show(places.take, ...downloads(desk, span, asked.groupBy));
  for (const place of [places.plot, places.table]) show(place, el('p', { class: 'quiet', role: 'status' }, t('loading')));
  try {
    const [whole, days, groups, covered, all] = await Promise.all([
      cleaning({ groupBy: 'all' }), cleaning({ groupBy: 'all', bucket: lengthOf(asked.from, asked.to) > BY_DAY ? 'week' : 'day' }),
      cleaning({ groupBy: asked.groupBy }), hasMore ? coverage(asked.groupBy) : null, coverage('all'),
    ]);
    if (signal.aborted) return;
    show(places.sums, ...totals(whole.items[0], all.total));
    show(places.asOf, t('figures.asOf', { time: clock(whole.asOf, desk.zone) }));
    await plot(places.plot, days.items, signal);
    showTable(places.table, groups, covered, asked, names);
    if (!hasMore) return;
    const gaps = await cleaning({ groupBy: asked.groupBy, longestGap: true });
    if (!signal.aborted) showTable(places.table, gaps, covered, asked, names);
  } catch (error) {
    if (signal.aborted) return;
    for (const place of [places.sums, places.plot, places.table]) show(place);
    show(places.said, el('p', { class: 'note bad' }, sentence(error)));
  }
}

/**
 * @param {HTMLElement} place
 * @param {CleaningFigures} figures
 * @param {CoverageFigures | null} coverage
 * @param {Asked} asked
 * @param {Map<number, string>} names
 */
function showTable(place, figures, coverage, asked, names) {
  const draw = () => show(place, ...(figures.items.length === 0
    ? [el('p', { class: 'quiet' }, t('figures.nothing'))]
    : table(figures.items, coverage && coverage.items, asked.groupBy, names, wholeTables.has(asked), more)));
  const more = () => {
    wholeTables.add(asked);
    draw();
  };
  draw();
}

/**
 * @param {Desk} desk
 * @param {import('../api.js').Params} span
 * @param {Asked['groupBy']} groupBy
 */
function downloads(desk, span, groupBy) {
  const one = (/** @type {string} */ path, /** @type {string} */ name, /** @type {import('../api.js').Params} */ more) => el('a', {
    class: 'button', download: path, href: address(`/figures/${path}`, { ...span, groupBy, ...more }),
    // A session that is over is found out before a file of its refusal is kept.
    onclick: async (/** @type {MouseEvent & {currentTarget: HTMLAnchorElement}} */ event) => {
      if (!event.isTrusted) return;
      event.preventDefault();
      const link = event.currentTarget;
      await desk.get('/me');
      link.click();
    },
  }, name);
  const byDay = { bucket: 'day' };
  return [one('cleaning.csv', t('figures.cleaningCsv'), byDay), one('cleaning.xlsx', t('figures.cleaningXlsx'), byDay),
    ...(groupBy === 'person' ? [] : [one('coverage.csv', t('figures.coverageCsv'), byDay), one('coverage.xlsx', t('figures.coverageXlsx'), byDay)])];
}
