// A code to be scanned, as a drawing.

import { svg } from '../../dom.js';
import { qrCode } from './qr.js';

/** Modules that stay light on each side (ISO/IEC 18004, 6.3.8). */
const QUIET = 4;

/**
 * @param {string} text
 * @param {string} name what the drawing is, for whoever does not see it
 */
export function qrDrawing(text, name) {
  const code = qrCode(text);
  const side = code.length + 2 * QUIET;
  const path = code.flatMap((line, y) => line.flatMap((isDark, x) => (isDark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : []))).join('');
  return svg('svg', { class: 'keep-qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': name, 'shape-rendering': 'crispEdges' },
    svg('rect', { width: side, height: side, fill: '#fff' }), svg('path', { d: path, fill: '#000' }));
}
