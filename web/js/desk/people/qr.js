// QR codes (ISO/IEC 18004): bytes, versions 1 to 10, error correction M, of which 15 % may be unreadable. Pure.

/** Of each version: codewords of correction in a block, blocks, and codewords of data in all. */
const VERSIONS = [[10, 1, 16], [16, 1, 28], [26, 1, 44], [18, 2, 64], [24, 2, 86], [16, 4, 108], [18, 4, 124], [22, 4, 154], [22, 5, 182], [26, 5, 216]];
/** Of each version: where the small squares stand. */
const SQUARES = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

/** @typedef {boolean[][]} Modules rows of modules, true is dark */

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (_x, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * @param {string} text of 213 bytes at most in UTF-8
 * @returns {Modules}
 */
export function qrCode(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = VERSIONS.findIndex(([, , data = 0], place) => bytes.length + (place < 9 ? 2 : 3) <= data) + 1;
  if (version === 0) throw new RangeError('too long for a code');
  const words = corrected(packed(bytes, version), version);
  const made = MASKS.map((_, mask) => drawn(words, version, mask));
  return made.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/**
 * The codewords of data: the mode, the length, the bytes, an end, and filling.
 * @param {number[]} bytes
 * @param {number} version
 */
function packed(bytes, version) {
  const [, , most = 0] = VERSIONS[version - 1] ?? [];
  const length = bytes.length.toString(2).padStart(version < 10 ? 8 : 16, '0');
  const bits = `0100${length}${bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')}`;
  const ended = bits + '0'.repeat(Math.min(4, most * 8 - bits.length));
  const whole = ended.padEnd(Math.ceil(ended.length / 8) * 8, '0');
  const words = whole.match(/.{8}/g)?.map((word) => parseInt(word, 2)) ?? [];
  for (let filling = 0xec; words.length < most; filling ^= 0xec ^ 0x11) words.push(filling);
  return words;
}

/** Powers of 2 in the field of 256 elements. */
const POWERS = Array.from({ length: 256 }, () => 1);
for (let exponent = 1; exponent < 256; exponent += 1) {
  const twice = (POWERS[exponent - 1] ?? 0) * 2;
  POWERS[exponent] = twice > 255 ? twice ^ 0x11d : twice;
}

/** @type {(one: number, other: number) => number} */
function times(one, other) {
  if (one === 0 || other === 0) return 0;
  return POWERS[(POWERS.indexOf(one) + POWERS.indexOf(other)) % 255] ?? 0;
}

/**
 * What is left of the data divided by the generator.
 * @param {number[]} data
 * @param {number} count
 */
function remainder(data, count) {
  /** @type {number[]} */
  let generator = [1];
  for (let place = 0; place < count; place += 1) {
    const root = POWERS[place] ?? 0;
    generator = [...generator, 0].map((factor, at) => factor ^ times(generator[at - 1] ?? 0, root));
  }
  const rest = [...data, ...Array.from({ length: count }, () => 0)];
  for (let place = 0; place < data.length; place += 1) {
    const lead = rest[place] ?? 0;
    generator.forEach((factor, at) => { rest[place + at] = (rest[place + at] ?? 0) ^ times(factor, lead); });
  }
  return rest.slice(data.length);
}

/**
 * The blocks with their correction, woven into each other.
 * @param {number[]} words
 * @param {number} version
 */
function corrected(words, version) {
  const [correction = 0, count = 1] = VERSIONS[version - 1] ?? [];
  const short = Math.floor(words.length / count);
  const shorter = count - (words.length % count);
  const blocks = Array.from({ length: count }, (_, place) => {
    const from = place * short + Math.max(0, place - shorter);
    return words.slice(from, from + short + (place < shorter ? 0 : 1));
  });
  const checks = blocks.map((block) => remainder(block, correction));
  const woven = (/** @type {number[][]} */ rows, /** @type {number} */ length) =>
    Array.from({ length }, (_, at) => rows.flatMap((line) => line[at] ?? [])).flat();
  return [...woven(blocks, short + 1), ...woven(checks, correction)];
}

/**
 * @param {number[]} words
 * @param {number} version
 * @param {number} mask
 */
function drawn(words, version, mask) {
  const side = 17 + 4 * version;
  /** @type {(boolean | undefined)[][]} */
  const grid = Array.from({ length: side }, () => Array.from({ length: side }, () => undefined));
  const put = (/** @type {number} */ x, /** @type {number} */ y, /** @type {boolean} */ isDark) => {
    const line = grid[y];
    if (line && x >= 0 && x < side) line[x] = isDark;
  };
  pattern(put, grid, side, version);
  told(put, side, version, mask);
  fill(put, grid, side, words, MASKS[mask] ?? (() => false));
  return grid.map((line) => line.map(Boolean));
}

/**
 * What is the same in all codes of a version.
 * @param {(x: number, y: number, isDark: boolean) => void} put
 * @param {(boolean | undefined)[][]} grid
 * @param {number} side
 * @param {number} version
 */
function pattern(put, grid, side, version) {
  const ring = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ reach, /** @type {number[]} */ dark) => {
    for (let down = -reach; down <= reach; down += 1) {
      for (let along = -reach; along <= reach; along += 1) put(x + along, y + down, dark.includes(Math.max(Math.abs(along), Math.abs(down))));
    }
  };
  for (const [x, y] of [[3, 3], [side - 4, 3], [3, side - 4]]) ring(x ?? 0, y ?? 0, 4, [0, 1, 3]);
  const places = SQUARES[version - 1] ?? [];
  for (const y of places) for (const x of places) if (grid[y]?.[x] === undefined) ring(x, y, 2, [0, 2]);
  for (let at = 8; at < side - 8; at += 1) {
    put(at, 6, at % 2 === 0);
    put(6, at, at % 2 === 0);
  }
}

/**
 * Which correction and mask it has and, from version 7 on, which version.
 * @param {(x: number, y: number, isDark: boolean) => void} put
 * @param {number} side
 * @param {number} version
 * @param {number} mask
 */
function told(put, side, version, mask) {
  // M is 00.
  const format = checked(mask, 10, 0x537) ^ 0x5412;
  for (let bit = 0; bit < 15; bit += 1) {
    const isDark = ((format >> bit) & 1) === 1;
    put(8, bit < 6 ? bit : bit < 8 ? bit + 1 : side - 15 + bit, isDark);
    put(bit < 8 ? side - 1 - bit : bit < 9 ? 15 - bit : 14 - bit, 8, isDark);
  }
  put(8, side - 8, true);
  if (version < 7) return;
  const number = checked(version, 12, 0x1f25);
  for (let bit = 0; bit < 18; bit += 1) {
    const [near, far] = [Math.floor(bit / 3), side - 11 + (bit % 3)];
    put(near, far, ((number >> bit) & 1) === 1);
    put(far, near, ((number >> bit) & 1) === 1);
  }
}

/**
 * A number with what checks it.
 * @param {number} value
 * @param {number} bits
 * @param {number} divisor
 */
function checked(value, bits, divisor) {
  let rest = value;
  for (let bit = 0; bit < bits; bit += 1) rest = (rest << 1) ^ ((rest >> (bits - 1)) * divisor);
  return (value << bits) | rest;
}

/**
 * Puts the codewords into what is free, two columns at a time, from the right, up and down.
 * @param {(x: number, y: number, isDark: boolean) => void} put
 * @param {(boolean | undefined)[][]} grid
 * @param {number} side
 * @param {number[]} words
 * @param {(x: number, y: number) => boolean} mask
 */
function fill(put, grid, side, words, mask) {
  let bit = 0;
  let isUp = true;
  for (let right = side - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < side; step += 1) {
      const y = isUp ? side - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y]?.[x] !== undefined) continue;
        const isDark = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        bit += 1;
        put(x, y, isDark !== mask(x, y));
      }
    }
    isUp = !isUp;
  }
}

/**
 * How hard it is to read: runs, squares, what looks like a corner, and how far it is from half dark.
 * @param {Modules} code
 */
function penalty(code) {
  const side = code.length;
  const lines = code.map((line) => line.map((isDark) => (isDark ? '1' : '0')).join(''));
  const columns = lines.map((_, x) => lines.map((line) => line[x]).join(''));
  let sum = 0;
  for (const line of [...lines, ...columns]) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
    for (let at = 0; at + 11 <= side; at += 1) if (/^(00001011101|10111010000)/.test(line.slice(at, at + 11))) sum += 40;
  }
  for (let y = 1; y < side; y += 1) {
    for (let x = 1; x < side; x += 1) {
      const four = [code[y]?.[x], code[y - 1]?.[x], code[y]?.[x - 1], code[y - 1]?.[x - 1]];
      if (four.every((one) => one === four[0])) sum += 3;
    }
  }
  const dark = lines.join('').replaceAll('0', '').length;
  return sum + 10 * Math.floor(Math.abs((dark * 20) / (side * side) - 10));
}
