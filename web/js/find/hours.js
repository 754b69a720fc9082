// The hours of a week, as the copy of the toilet's area has them worked out, holidays and closures included.

import { get } from '../api.js';
import { el } from '../dom.js';
import { day } from '../format.js';
import { language, t } from '../i18n.js';
import { minuteOfWeek } from '../offline/open.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').Toilet} Toilet */
/** @typedef {import('../types').Bundle} Bundle */

const DAY = 1440;

/**
 * @param {HTMLElement} section
 * @param {Toilet} toilet
 */
export async function hours(section, toilet) {
  const week = await days(toilet).catch(() => null);
  const today = day(new Date(), toilet.zone);
  if (week) {
    section.append(el('dl', { class: 'week numbers' }, week.flatMap(({ date, ranges }) => {
      const name = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00Z`));
      const style = date === today ? { class: 'today' } : {};
      return [el('dt', style, date === today ? t('today') : name), el('dd', style, ranges.map(span).join(t('comma')) || t('state.shut'))];
    })));
  } else {
    section.append(el('p', {}, toilet.open?.hours ?? t('state.unknown')));
  }
  if (toilet.hoursNote) section.append(el('p', { class: 'quiet' }, toilet.hoursNote));
}

/** @param {[number, number]} range in minutes of a day */
function span([from, to]) {
  if (from <= 0 && to >= DAY) return t('allDay');
  const time = (/** @type {number} */ minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `${time(from)}–${time(to)}`;
}

/**
 * The seven days from today; null where nobody knows its hours.
 * @param {Toilet} toilet
 * @returns {Promise<{date: string, ranges: [number, number][]}[] | null>}
 */
async function days(toilet) {
  if (!toilet.area) return null;
  /** @type {Bundle} */
  const bundle = await get('/toilets/bundle', { area: toilet.area.code, crs: settings.crs });
  const item = bundle.items.find((one) => one.id === toilet.id);
  const ranges = item?.week !== undefined ? bundle.weeks[item.week] : item?.open !== undefined ? bundle.opens[item.open] : undefined;
  if (!item || !ranges) return null;
  const now = new Date();
  const first = item.week !== undefined
    ? Math.floor(minuteOfWeek(now, toilet.zone) / DAY) * DAY
    : Math.floor((now.getTime() - Date.parse(bundle.hoursFrom)) / 60000 / DAY) * DAY;
  return Array.from({ length: 7 }, (_, place) => {
    const begun = item.week !== undefined ? (first + place * DAY) % (7 * DAY) : first + place * DAY;
    const date = day(new Date(now.getTime() + place * 86400000), toilet.zone);
    return { date, ranges: within(ranges, begun) };
  });
}

/**
 * @param {[number, number][]} ranges
 * @param {number} begun
 * @returns {[number, number][]}
 */
function within(ranges, begun) {
  return ranges.flatMap(([from, to]) => {
    /** @type {[number, number]} */
    const part = [Math.max(0, from - begun), Math.min(DAY, to - begun)];
    return part[0] < part[1] ? [part] : [];
  });
}
