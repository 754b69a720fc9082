// Where somebody is, and how far that is from elsewhere.

import { convert } from './datum.js';
import { settings } from './settings.js';

/** @typedef {import('./types').Position} Position */
/** @typedef {import('./types').Place} Place */

const MEAN_RADIUS = 6371008.8;
const RADIANS = Math.PI / 180;

/**
 * Asks the device where it is, which asks its owner; in the datum of the page.
 * @returns {Promise<Place>} rejected where it is refused or not known
 */
export function locate() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error('no geolocation'));
      return;
    }
    // Browsers answer in WGS-84.
    const found = (/** @type {GeolocationPosition} */ { coords }) =>
      resolve({ ...convert(coords, 'wgs84', settings.crs), accuracy: coords.accuracy, from: 'device' });
    navigator.geolocation.getCurrentPosition(found, reject, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
}

/**
 * Metres along the great circle.
 * @param {Position} one
 * @param {Position} other
 */
export function distance(one, other) {
  const north = Math.sin(((other.latitude - one.latitude) * RADIANS) / 2);
  const east = Math.sin(((other.longitude - one.longitude) * RADIANS) / 2);
  const chord = north * north + Math.cos(one.latitude * RADIANS) * Math.cos(other.latitude * RADIANS) * east * east;
  return 2 * MEAN_RADIUS * Math.asin(Math.min(1, Math.sqrt(chord)));
}
