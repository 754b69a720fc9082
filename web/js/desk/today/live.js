// What happens in the reader's area, as it happens. A browser takes up a stream again by itself where it was cut off, but for
// one that was refused: that is taken up here, after the last event that was told.

import { address } from '../../api.js';

/** @typedef {{id: string, topics: string[], kind: string, toilet?: number}} DeskEvent */

/**
 * @typedef {object} Listener
 * @property {(toilets: number[]) => void} changed something happened at these toilets
 * @property {() => void} reset too much happened meanwhile: load anew
 * @property {(is: boolean) => void} live whether the stream stands
 * @property {() => Promise<unknown>} refused the stream was refused: find out whether the session is over
 */

/** What happens at once is looked at once, in milliseconds. */
const GATHERED = 400;
/** A stream that is taken up within this time was not broken for the reader. */
const BRIEF = 3000;
const AGAIN = 5000;
const TOPICS = 'missed,settled,cleaned,overdue,outage,plan,register';

/**
 * @param {Listener} listener
 * @param {AbortSignal} signal
 */
export function follow(listener, signal) {
  /** @type {Set<number>} */
  const pending = new Set();
  /** @type {Partial<Record<'gathering' | 'breaking' | 'again', ReturnType<typeof setTimeout> | undefined>>} */
  const timers = {};
  /** @type {string | undefined} */
  let last;
  /** @type {EventSource | undefined} */
  let source;

  const told = (/** @type {MessageEvent<string>} */ message) => {
    /** @type {DeskEvent} */
    const event = JSON.parse(message.data);
    last = event.id;
    if (event.toilet === undefined) return;
    pending.add(event.toilet);
    timers.gathering ??= setTimeout(() => {
      timers.gathering = undefined;
      const toilets = [...pending];
      pending.clear();
      listener.changed(toilets);
    }, GATHERED);
  };
  const stands = () => {
    clearTimeout(timers.breaking);
    timers.breaking = undefined;
    listener.live(true);
  };
  const broke = () => {
    timers.breaking ??= setTimeout(() => listener.live(false), BRIEF);
    if (source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(timers.again);
    timers.again = setTimeout(() => listener.refused().then(begin, begin), AGAIN);
  };
  function begin() {
    source?.close();
    if (signal.aborted) return;
    source = new EventSource(address('/events', { topic: TOPICS, after: last }));
    source.addEventListener('message', told);
    source.addEventListener('reset', () => listener.reset());
    source.addEventListener('open', stands);
    source.addEventListener('error', broke);
  }
  signal.addEventListener('abort', () => {
    source?.close();
    Object.values(timers).forEach(clearTimeout);
  });
  // A stream over a network that is gone breaks only minutes later.
  addEventListener('offline', () => listener.live(false), { signal });
  addEventListener('online', begin, { signal });
  addEventListener('pagehide', () => source?.close(), { signal });
  addEventListener('pageshow', (event) => { if (event.persisted) begin(); }, { signal });
  begin();
}
