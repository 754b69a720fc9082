// The way there, by the phone's own map app: each wants the datum that its maps are drawn in.

import { convert } from '../datum.js';
import { el } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { settings } from '../settings.js';

/** @typedef {import('../types').Toilet} Toilet */

/**
 * The address of a way on foot. China's maps, Apple's and Amap's, are drawn in GCJ-02; Android's `geo:` takes what GPS says.
 * @param {Toilet} toilet
 * @param {string} agent what the browser says it is
 */
export function wayTo(toilet, agent = navigator.userAgent) {
  if (!toilet.position) return '';
  const name = encodeURIComponent(nameOf(toilet));
  const drawn = convert(toilet.position, settings.crs, 'gcj02');
  const [latitude, longitude] = [drawn.latitude.toFixed(6), drawn.longitude.toFixed(6)];
  if (/iPhone|iPad|Macintosh/.test(agent)) return `https://maps.apple.com/?daddr=${latitude},${longitude}&dirflg=w&q=${name}`;
  if (/Android/.test(agent) && !/MicroMessenger/.test(agent)) {
    const gps = convert(toilet.position, settings.crs, 'wgs84');
    const [north, east] = [gps.latitude.toFixed(6), gps.longitude.toFixed(6)];
    return `geo:${north},${east}?q=${north},${east}(${name})`;
  }
  return `https://uri.amap.com/navigation?to=${longitude},${latitude},${name}&mode=walk&coordinate=gaode&callnative=1`;
}

/**
 * The button that leads there.
 * @param {Toilet} toilet
 */
export function walkButton(toilet) {
  const href = wayTo(toilet);
  return href && el('a', { class: 'button main', href, rel: 'noopener noreferrer', target: '_blank', 'data-walk': '' }, icon('walk'), t('walkThere'));
}
