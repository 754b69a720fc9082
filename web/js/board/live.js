// The public events of an area, as they happen. A browser goes on by itself where it was cut off.

import { address } from '../api.js';

/** @typedef {import('../types').PublicEvent} PublicEvent */

/**
 * @typedef {object} Listener
 * @property {(toilet: number) => void} changed something happened at a toilet
 * @property {() => void} reset too much happened meanwhile: load anew
 * @property {(is: boolean) => void} live whether somebody tells
 */

/** Several things that happen at one toilet at once are looked at once. */
const GATHERED = 400;

/**
 * @param {string} area
 * @param {Listener} listener
 */
export function follow(area, listener) {
  const source = new EventSource(address(`/areas/${encodeURIComponent(area)}/events`));
  /** @type {Map<number, ReturnType<typeof setTimeout>>} */
  const pending = new Map();
  const told = (/** @type {MessageEvent<string>} */ message) => {
    /** @type {PublicEvent} */
    const event = JSON.parse(message.data);
    const { toilet } = event;
    if (toilet === undefined) return;
    clearTimeout(pending.get(toilet));
    pending.set(toilet, setTimeout(() => listener.changed(toilet), GATHERED));
  };
  source.addEventListener('message', told);
  source.addEventListener('reset', () => listener.reset());
  source.addEventListener('open', () => listener.live(true));
  source.addEventListener('error', () => listener.live(false));
  addEventListener('pagehide', () => source.close());
}
