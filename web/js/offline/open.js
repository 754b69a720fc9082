// When a toilet of the copy is open: see docs/bundles.md. Pure.

/** @typedef {import('../types').Bundle} Bundle */
/** @typedef {import('../types').BundleItem} BundleItem */
/** @typedef {{now: boolean, until?: Date, opensAt?: Date}} Opening */

const MINUTE = 60000;
const WEEK = 7 * 24 * 60;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Whether it is open; null where nobody knows, or the copy is too old to tell.
 * @param {BundleItem} item
 * @param {Bundle} bundle
 * @param {Date} at
 * @returns {Opening | null}
 */
export function opening(item, bundle, at) {
  if (item.week !== undefined) return ofWeek(bundle.weeks[item.week] ?? [], minuteOfWeek(at, item.zone ?? bundle.zone), at);
  const isCovered = at >= new Date(bundle.hoursFrom) && at < new Date(bundle.hoursUntil);
  if (item.open !== undefined) return isCovered ? ofStretches(bundle.opens[item.open] ?? [], bundle, at) : null;
  if (item.shut) {
    const shut = isCovered ? ofStretches(item.shut, bundle, at) : null;
    return shut?.now ? { now: false, ...(shut.until && { opensAt: shut.until }) } : null;
  }
  return null;
}

/**
 * Minutes since Monday's midnight by the clock on the wall.
 * @param {Date} at
 * @param {string} zone
 */
export function minuteOfWeek(at, zone) {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at);
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? '';
  return DAYS.indexOf(part('weekday')) * 1440 + Number(part('hour')) * 60 + Number(part('minute'));
}

/**
 * @param {[number, number][]} ranges
 * @param {number} minute
 * @param {Date} at
 * @returns {Opening}
 */
function ofWeek(ranges, minute, at) {
  const later = (/** @type {number} */ then) => new Date(at.getTime() + (then - minute) * MINUTE);
  const now = ranges.find(([from, to]) => from <= minute && minute < to);
  if (now) {
    const end = endOf(ranges, now[1]);
    return end - now[0] >= WEEK ? { now: true } : { now: true, until: later(end) };
  }
  const starts = ranges.map(([from]) => (from > minute ? from : from + WEEK));
  return starts.length > 0 ? { now: false, opensAt: later(Math.min(...starts)) } : { now: false };
}

/**
 * Where a stretch ends, over midnights and Sunday's too.
 * @param {[number, number][]} ranges
 * @param {number} end
 */
function endOf(ranges, end) {
  let last = end;
  for (let step = 0; step <= ranges.length; step += 1) {
    const next = ranges.find(([from]) => from === last % WEEK);
    if (!next) return last;
    last += next[1] - next[0];
  }
  return last;
}

/**
 * @param {[number, number][]} stretches in minutes from `hoursFrom`
 * @param {Bundle} bundle
 * @param {Date} at
 * @returns {Opening}
 */
function ofStretches(stretches, bundle, at) {
  const begun = new Date(bundle.hoursFrom).getTime();
  const minute = (at.getTime() - begun) / MINUTE;
  const instant = (/** @type {number} */ then) => new Date(begun + then * MINUTE);
  const now = stretches.find(([from, to]) => from <= minute && minute < to);
  if (now) {
    const end = instant(now[1]);
    return end < new Date(bundle.hoursUntil) ? { now: true, until: end } : { now: true };
  }
  const next = stretches.find(([from]) => from > minute);
  return next ? { now: false, opensAt: instant(next[0]) } : { now: false };
}
