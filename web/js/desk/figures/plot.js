// The on-time rate by day, drawn by uPlot, which is loaded when it is first wanted.

import { el, show } from '../../dom.js';
import { percent } from '../../format.js';
import { language, t } from '../../i18n.js';
import { WEB } from '../../settings.js';
import { whole } from './said.js';

/** @typedef {import('../types').CleaningFigure} CleaningFigure */
/** @typedef {typeof import('uplot')} UPlot */

const HEIGHT = 240;
const DAY = new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
const FULL = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', weekday: 'short', timeZone: 'UTC' });

/** @type {Promise<UPlot> | undefined} */
let loading;

/** @returns {Promise<UPlot>} */
function uplot() {
  loading ??= Promise.all([
    arrived(el('link', { rel: 'stylesheet', href: `${WEB}vendor/uplot/uPlot.min.css` })),
    arrived(el('script', { src: `${WEB}vendor/uplot/uPlot.iife.min.js` })),
  ]).then(() => /** @type {any} */ (globalThis).uPlot);
  return loading;
}

/** @param {HTMLElement} element */
function arrived(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => reject(new TypeError('a module did not load')));
    document.head.append(element);
  });
}

/**
 * @param {HTMLElement} place
 * @param {CleaningFigure[]} items one for each day or week
 * @param {AbortSignal} signal
 */
export async function plot(place, items, signal) {
  if (items.length < 2) {
    show(place, el('p', { class: 'quiet' }, t('figures.fewDays')));
    return;
  }
  const Plot = await uplot();
  const said = el('p', { class: 'plot-said small numbers', 'aria-hidden': 'true' }, t('figures.pointAt'));
  const ground = el('div', { class: 'plot', role: 'img', 'aria-label': summary(items) });
  show(place, ground, said);
  const times = items.map(({ from }) => Date.parse(from) / 1000);
  const rates = items.map(({ onTime }) => onTime.value ?? null);
  const made = new Plot(looks(items, ground.clientWidth, said), [times, rates], ground);
  const watching = new ResizeObserver(() => made.setSize({ width: ground.clientWidth, height: HEIGHT }));
  watching.observe(ground);
  signal.addEventListener('abort', () => {
    watching.disconnect();
    made.destroy();
  });
}

/** @param {CleaningFigure[]} items */
function summary(items) {
  const known = items.flatMap(({ from, onTime }) => (onTime.value === undefined ? [] : [{ from, value: onTime.value }]));
  known.sort((one, other) => one.value - other.value);
  const [worst, best] = [known[0], known[known.length - 1]];
  if (!worst || !best) return t('figures.none');
  return t('figures.summary', { n: known.length, worst: percent(worst.value), worstDay: FULL.format(new Date(worst.from)), best: percent(best.value), bestDay: FULL.format(new Date(best.from)) });
}

/**
 * @param {CleaningFigure[]} items
 * @param {number} width
 * @param {HTMLElement} said
 * @returns {import('uplot').Options}
 */
function looks(items, width, said) {
  const colour = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const lowest = Math.min(...items.map(({ onTime }) => onTime.value ?? 1));
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui' };
  return {
    width, height: HEIGHT, legend: { show: false }, tzDate: (time) => new Date(time * 1000),
    scales: { x: { time: false }, y: { range: () => [Math.max(0, Math.floor(lowest * 20 - 0.5) / 20), 1] } },
    cursor: { y: false, points: { size: 8 } },
    axes: [
      { ...axis, grid: { show: false }, splits: (_, __, min, max) => ticks(min, max, width), values: (_, times) => times.map((time) => DAY.format(new Date(time * 1000))) },
      { ...axis, size: 52, values: (_, shares) => shares.map((share) => percent(share)) },
    ],
    series: [{}, { stroke: colour('--deep'), width: 2, fill: `${colour('--green')}1f`, points: { show: items.length < 45, size: 5, fill: colour('--paper') } }],
    hooks: {
      setCursor: [(made) => {
        const item = items[made.cursor.idx ?? -1];
        if (item) said.textContent = `${FULL.format(new Date(item.from))} · ${item.onTime.value === undefined ? t('figures.none') : t('figures.point', { rate: percent(item.onTime.value), k: whole(item.onTime.numerator), n: whole(item.n) })}`;
      }],
    },
  };
}

/**
 * Whole days at a distance that can be read.
 * @param {number} min
 * @param {number} max
 * @param {number} width
 */
function ticks(min, max, width) {
  const days = Math.max(1, Math.ceil((max - min) / 86400 / Math.max(2, width / 64)));
  const found = [];
  for (let time = Math.ceil(min / 86400) * 86400; time <= max; time += days * 86400) found.push(time);
  return found;
}
