// Villages that somebody pastes: a line each, with the name, the longitude, the latitude and, if wanted, how many live there.

import { Failure } from '../../api.js';
import { t } from '../../i18n.js';

/** @typedef {{name: string, latitude: number, longitude: number, weight?: number}} Point */

const MOST = 500;

/**
 * @param {string} text
 * @returns {Point[] | null} null for none
 * @throws {Failure} where a line cannot be read, said at the field
 */
export function demandOf(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  if (lines.length === 0) return null;
  if (lines.length > MOST) throw wrong(t('layout.tooMany', { most: MOST }));
  return lines.map((line, place) => {
    const [name = '', longitude, latitude, weight] = line.split(/[,，;；\t]/).map((piece) => piece.trim());
    const [east, north, much] = [Number(longitude), Number(latitude), weight ? Number(weight) : undefined];
    const isGood = name && longitude && latitude && Math.abs(east) <= 180 && Math.abs(north) <= 90 && (much === undefined || much >= 0);
    if (!isGood) throw wrong(t('layout.badLine', { n: place + 1 }));
    return { name, latitude: north, longitude: east, ...(much !== undefined && { weight: much }) };
  });
}

/** @param {string} message */
function wrong(message) {
  return new Failure(422, {
    type: '', title: message, status: 422, detail: message, instance: '', code: 'invalid', requestId: '',
    errors: [{ field: 'points', code: 'said', message }],
  }, 0);
}
