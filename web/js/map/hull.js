// The convex hull of places. Pure.

/** @typedef {[latitude: number, longitude: number]} Corner */

/**
 * The corners around all places (Andrew's monotone chain).
 * @param {Corner[]} places
 * @returns {Corner[]}
 */
export function hull(places) {
  const sorted = [...places].sort((one, other) => one[1] - other[1] || one[0] - other[0]);
  if (sorted.length < 3) return sorted;
  const below = half(sorted);
  const above = half(sorted.reverse());
  return [...below.slice(0, -1), ...above.slice(0, -1)];
}

/** @param {Corner[]} places */
function half(places) {
  /** @type {Corner[]} */
  const chain = [];
  for (const place of places) {
    while (chain.length > 1 && !turnsLeft(chain, place)) chain.pop();
    chain.push(place);
  }
  return chain;
}

/**
 * @param {Corner[]} chain
 * @param {Corner} place
 */
function turnsLeft(chain, place) {
  const [one, other] = [chain[chain.length - 2], chain[chain.length - 1]];
  if (!one || !other) return true;
  return (other[1] - one[1]) * (place[0] - one[0]) - (other[0] - one[0]) * (place[1] - one[1]) > 0;
}
