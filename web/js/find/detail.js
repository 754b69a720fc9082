// One toilet: all that is known of it, and that the rest is not.

import { Failure, get, sentence } from '../api.js';
import { el, show } from '../dom.js';
import { FACILITIES, cleaned, has, nameOf, state } from '../facts.js';
import { metres, percent, walking } from '../format.js';
import { distance } from '../geo.js';
import { named, t } from '../i18n.js';
import { icon } from '../icons.js';
import { settings } from '../settings.js';
import { tag } from './answer.js';
import { days } from './days.js';
import { hours } from './hours.js';
import { walkButton } from './walk.js';

/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {import('../types').Place} Place */

/**
 * @param {HTMLElement} main
 * @param {number} id
 * @param {Place | null} from where the reader is, if that is known
 */
export async function detail(main, id, from) {
  try {
    /** @type {Toilet} */
    const toilet = await get(`/toilets/${id}`, { crs: settings.crs });
    show(main, page(toilet, from));
    document.title = nameOf(toilet);
  } catch (error) {
    const held = error instanceof Failure && error.isOffline ? await fromCopy(id, from) : null;
    if (held) show(main, held);
    else show(main, el('div', { class: 'detail' }, back(), el('p', { class: 'note bad', role: 'alert' }, error instanceof Failure && error.status === 404 ? t('detail.none') : sentence(error))));
  }
}

/**
 * What the copy says of it.
 * @param {number} id
 * @param {Place | null} from
 */
async function fromCopy(id, from) {
  const [{ copy }, { unpack }] = await Promise.all([import('../offline/copy.js'), import('../offline/nearest.js')]);
  const held = await copy();
  const item = held?.bundle.items.find((one) => one.id === id);
  if (!held || !item) return null;
  const { age } = await import('./answer.js');
  const toilet = unpack(item, held.bundle, from ?? { latitude: 0, longitude: 0 }, new Date());
  const sheet = el('div', { class: 'detail' }, back(), age({ items: [], at: new Date(), copied: held.at }) || null, head(toilet, from), inside(toilet));
  return sheet;
}

/**
 * @param {Toilet} toilet
 * @param {Place | null} from
 */
function page(toilet, from) {
  const photos = el('section', { class: 'card whole', hidden: true });
  const week = el('section', { class: 'card' }, el('h2', {}, t('detail.hours')));
  const clean = el('section', { class: 'card whole' }, el('h2', {}, t('detail.cleaning')));
  fillPhotos(photos, toilet);
  hours(week, toilet);
  days(clean, toilet);
  return el('div', { class: 'detail' }, back(), head(toilet, from), photos, week, inside(toilet), clean, about(toilet), grades(toilet), help(toilet));
}

function back() {
  return el('a', { class: 'plain back', href: '/', 'data-inside': '' }, icon('back'), t('back'));
}

/**
 * @param {Toilet} toilet
 * @param {Place | null} from
 */
function head(toilet, from) {
  const far = from && toilet.position ? distance(from, toilet.position) : null;
  const said = state(toilet);
  return el('article', { class: said.tone === 'good' ? 'card answer' : 'card answer shut', 'data-toilet': toilet.id },
    el('h1', {}, nameOf(toilet)),
    far !== null && el('p', { class: 'far' }, el('strong', {}, metres(far)), el('span', {}, walking(far))),
    el('p', { class: 'state' }, tag(said), cleaned(toilet) && el('span', { class: 'quiet' }, cleaned(toilet))),
    el('p', { class: 'has' }, has(toilet).map(tag)),
    toilet.address && el('p', { class: 'quiet' }, toilet.address),
    el('p', { class: 'row' }, walkButton(toilet)));
}

/** @param {Toilet} toilet */
function inside(toilet) {
  const facts = FACILITIES.map((facility) => fact(named('facility', facility), toilet.facilities?.[facility]));
  const { stalls } = toilet;
  const counted = stalls && Object.entries(stalls).map(([kind, number]) => `${named('stalls', kind)} ${number}`).join(' · ');
  return el('section', { class: 'card' }, el('h2', {}, t('detail.inside')),
    el('dl', { class: 'facts' }, fact(t('free'), toilet.fee === 'no' ? 'yes' : toilet.fee === 'yes' ? 'no' : undefined), facts),
    counted && el('p', { class: 'quiet small' }, `${t('detail.stalls')}${t('colon')}${counted}`));
}

/**
 * @param {string} name
 * @param {import('../types').Fact | undefined} known
 */
function fact(name, known) {
  const answer = known ?? 'unknown';
  return el('div', {}, el('dt', {}, name), el('dd', { class: answer }, named('fact', answer)));
}

/** @param {Toilet} toilet */
function grades(toilet) {
  const lines = (toilet.grades ?? []).map((record) =>
    el('li', { class: 'row' }, tag({ text: named('grades', record.grade), tone: record.standing === 'current' ? 'good' : '' }),
      el('span', { class: 'quiet small' }, [record.standard, record.assessedOn, named('standing', record.standing)].filter(Boolean).join(' · '))));
  return lines.length > 0 && el('section', { class: 'card' }, el('h2', {}, t('detail.grades')), el('ul', {}, lines));
}

/** @param {Toilet} toilet */
function about(toilet) {
  const rate = toilet.cleaning?.onTimeRate30d;
  const rows = [
    [t('detail.operator'), toilet.operator?.name], [t('detail.contact'), toilet.contact], [t('detail.area'), toilet.area?.name],
    [t('detail.kind'), toilet.kind && named('kind', toilet.kind)], [t('detail.code'), toilet.code],
    [t('detail.rate'), rate === undefined ? undefined : percent(rate)], [t('detail.note'), toilet.note],
  ].filter(([, value]) => value);
  return el('section', { class: 'card' }, el('h2', {}, t('detail.about')),
    el('dl', { class: 'week' }, rows.flatMap(([name, value]) => [el('dt', { class: 'quiet' }, name), el('dd', {}, value)])),
    toilet.source?.synthetic && el('p', { class: 'quiet small' }, t('detail.synthetic')));
}

/** @param {Toilet} toilet */
function help(toilet) {
  const open = async () => (await import('./report.js')).reportWrong(toilet);
  return el('p', { class: 'row whole' }, el('button', { class: 'button grow', type: 'button', onclick: open }, icon('flag'), t('report.wrong')));
}

/**
 * @param {HTMLElement} section
 * @param {Toilet} toilet
 */
async function fillPhotos(section, toilet) {
  /** @type {{items: import('../types').Photo[]}} */
  const { items } = await get(`/toilets/${toilet.id}/photos`).catch(() => ({ items: [] }));
  if (items.length === 0) return;
  section.hidden = false;
  show(section, el('h2', {}, t('detail.photos')), el('div', { class: 'photos', tabindex: 0 }, items.map((photo, place) =>
    el('a', { href: photo.url, target: '_blank', rel: 'noopener' }, el('img', { src: photo.thumbnailUrl, alt: t('detail.photo', { n: place + 1 }), loading: 'lazy' })))));
}
