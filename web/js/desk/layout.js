// `#layout`: which part of an area, or which villages, a toilet serves; where the largest gaps are, and where new toilets
// would help most.

import { choice } from '../dialog.js';
import { el, show } from '../dom.js';
import { t } from '../i18n.js';
import { settings } from '../settings.js';
import { demandOf } from './layout/demand.js';
import { after, findings, sums } from './layout/findings.js';
import { layoutMap } from './layout/map.js';
import { entry, form } from './keeping/form.js';
import { head } from './keeping/look.js';
import { areaChoices } from './keeping/pick.js';
import { instantOf } from './keeping/times.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').LayoutReport} LayoutReport */

const RADII = [300, 500, 800, 1000, 2000];
const PLACES = [5, 10, 20];

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const areas = await areaChoices(desk);
  const result = el('div', { class: 'keep-result', 'aria-live': 'polite' });
  const area = choice('area', areas);
  const radius = choice('radius', RADII.map((metres) => [String(metres), t('metres', { n: metres })]));
  radius.value = '500';
  const places = choice('places', PLACES.map((count) => [String(count), t('layout.count', { n: count })]));
  const at = el('input', { type: 'datetime-local', name: 'at' });
  const villages = el('textarea', { name: 'points', rows: 4, placeholder: t('layout.villagesExample'), spellcheck: 'false' });
  for (const control of [area, radius, places]) control.required = true;
  const more = el('details', {}, el('summary', {}, t('layout.villages')), entry(t('layout.list'), villages, t('layout.listHint', { datum: settings.crs.toUpperCase() })));
  const asked = form({
    fields: [el('div', { class: 'keep-filter' }, entry(t('layout.area'), area), entry(t('layout.radius'), radius, t('layout.radiusHint')), entry(t('layout.places'), places), entry(t('layout.at'), at, t('layout.atHint'))), more],
    submit: t('layout.go'), meanings: { 404: t('layout.notYours') },
    send: async (given) => {
      const points = demandOf(String(given.get('points') ?? ''));
      const time = String(given.get('at') ?? '');
      const params = { radius: radius.value, places: places.value, crs: settings.crs, at: time ? instantOf(time, desk.zone) : undefined };
      result.classList.remove('done');
      show(result, el('p', { class: 'quiet', role: 'status' }, t('layout.working')));
      try {
        const report = points ? await ofPoints(desk, params, points) : await ofArea(desk, { ...params, area: area.value });
        if (desk.signal.aborted) return;
        const place = el('div', { class: 'keep-map' });
        result.classList.add('done');
        const drawn = layoutMap(place, desk, report, { area: points ? null : area.value, points: points ?? [], isNow: !time });
        const download = points ? null : { ...params, area: area.value };
        show(result, sums(desk, report), el('section', { class: 'card keep-mapcard' }, place), findings(report, (where) => drawn.then((showAt) => showAt(where)).catch(() => undefined)), after(report, download));
        await drawn;
      } catch (error) {
        show(result);
        throw error;
      }
    },
  });
  show(root, head(t('layout.title'), t('layout.lead')), el('section', { class: 'card' }, asked), result);
}

/**
 * @param {Desk} desk
 * @param {import('../api.js').Params} params
 * @returns {Promise<LayoutReport>}
 */
function ofArea(desk, params) {
  return desk.get('/reports/layout', params);
}

/**
 * @param {Desk} desk
 * @param {import('../api.js').Params} params
 * @param {object[]} points
 * @returns {Promise<LayoutReport>}
 */
async function ofPoints(desk, params, points) {
  /** @type {import('../api.js').Answer<LayoutReport>} */
  const { body } = await desk.ask('POST', '/reports/layout', { params, body: { points } });
  return body;
}
