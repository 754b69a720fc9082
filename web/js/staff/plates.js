// What a plate says: its token, and the number of the toilet in it, which can be read without a network. Whether the plate
// counts is for the service to say.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** A token, or the address that ends in it. */
const TOKEN = /^(?:.*\/p\/)?([0-9A-Za-z]{10}[0-9A-Za-z_-]{22})\/?(?:[?#].*)?$/s;
/** Ids are positive and fit 31 bits. */
const MOST = 2 ** 31 - 1;

/** @typedef {{token: string, toilet: number} | {toilet: number} | {code: string}} Meant */

/**
 * What was scanned or typed: a plate, the number of a toilet, or what stands on its sign; null if that is nothing.
 * @param {string} text
 * @returns {Meant | null}
 */
export function meant(text) {
  const given = text.trim();
  const token = TOKEN.exec(given)?.[1];
  if (token) {
    const toilet = [...token.slice(0, 7)].reduce((sum, digit) => sum * DIGITS.length + DIGITS.indexOf(digit), 0);
    return toilet >= 1 && toilet <= MOST ? { token, toilet } : null;
  }
  const number = /^[#＃]?\s*(\d{1,10})$/.exec(given)?.[1];
  if (number) return Number(number) >= 1 && Number(number) <= MOST ? { toilet: Number(number) } : null;
  return given && given.length <= 64 && !given.includes('/') ? { code: given } : null;
}
