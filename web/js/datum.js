// Datums. The interface converts wherever it is asked; this is for where it is not: the browser's position on its way in,
// a place on its way to the phone's map app, and all of that without a network. The same rules as `src/geo/datum.rs`, to
// which a test holds it.

/** @typedef {import('./types').Crs} Crs */
/** @typedef {import('./types').Position} Position */
/** @typedef {[latitude: number, longitude: number]} Degrees */

const SEMI_MAJOR = 6378245;
const ECCENTRICITY_SQUARED = 0.006693421622965943;
const RADIANS = Math.PI / 180;
const RIPPLES = (Math.PI * 3000) / 180;

/**
 * The same place in another datum.
 * @param {Position} position
 * @param {Crs} from
 * @param {Crs} to
 * @returns {Position}
 */
export function convert(position, from, to) {
  if (from === to) return { latitude: position.latitude, longitude: position.longitude };
  /** @type {Degrees} */
  let place = [position.latitude, position.longitude];
  if (from === 'bd09') place = within(place, (target) => inverse(toBd09, target));
  if (from === 'wgs84') place = within(place, toGcj02);
  if (to === 'wgs84') place = within(place, (target) => inverse(toGcj02, target));
  if (to === 'bd09') place = within(place, toBd09);
  return { latitude: place[0], longitude: place[1] };
}

/**
 * Outside of the customary box around China all datums are the same.
 * @param {Degrees} place
 * @param {(place: Degrees) => Degrees} shift
 * @returns {Degrees}
 */
function within(place, shift) {
  const [latitude, longitude] = place;
  const isInside = latitude >= 0.8293 && latitude <= 55.8271 && longitude >= 72.004 && longitude <= 137.8347;
  return isInside ? shift(place) : place;
}

/** @type {(place: Degrees) => Degrees} */
function toGcj02([latitude, longitude]) {
  const [north, east] = offsetMetres(longitude - 105, latitude - 35);
  const sine = Math.sin(latitude * RADIANS);
  const flattening = 1 - ECCENTRICITY_SQUARED * sine * sine;
  const normal = SEMI_MAJOR / Math.sqrt(flattening);
  const meridian = (normal * (1 - ECCENTRICITY_SQUARED)) / flattening;
  return [latitude + north / meridian / RADIANS, longitude + east / (normal * Math.cos(latitude * RADIANS)) / RADIANS];
}

/** @type {(x: number, y: number) => [north: number, east: number]} */
function offsetMetres(x, y) {
  const wave = (/** @type {number} */ degrees) => Math.sin(degrees * Math.PI);
  const root = Math.sqrt(Math.abs(x));
  const ripple = 20 * wave(6 * x) + 20 * wave(2 * x);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
  const norths = ripple + 20 * wave(y) + 40 * wave(y / 3) + 160 * wave(y / 12) + 320 * wave(y / 30);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
  const easts = ripple + 20 * wave(x) + 40 * wave(x / 3) + 150 * wave(x / 12) + 300 * wave(x / 30);
  return [north + (norths * 2) / 3, east + (easts * 2) / 3];
}

/** @type {(place: Degrees) => Degrees} */
function toBd09([latitude, longitude]) {
  const radius = Math.hypot(longitude, latitude) + 0.00002 * Math.sin(latitude * RIPPLES);
  const angle = Math.atan2(latitude, longitude) + 0.000003 * Math.cos(longitude * RIPPLES);
  return [radius * Math.sin(angle) + 0.006, radius * Math.cos(angle) + 0.0065];
}

/** @type {(forward: (place: Degrees) => Degrees, target: Degrees) => Degrees} */
function inverse(forward, target) {
  /** @type {Degrees} */
  let place = [target[0], target[1]];
  for (let step = 0; step < 10; step += 1) {
    const reached = forward(place);
    const [north, east] = [target[0] - reached[0], target[1] - reached[1]];
    place = [place[0] + north, place[1] + east];
    if (Math.max(Math.abs(north), Math.abs(east)) < 1e-10) break;
  }
  return place;
}
