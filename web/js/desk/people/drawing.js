// A code to be scanned, as a drawing.

import { svg } from '../../dom.js';

/**
 * @param {string} text
 * @param {string} name what the drawing is, for whoever does not see it
 */
export async function qrDrawing(text, name) {
  const { default: encode } = await import('../../../vendor/qr/index.js');
  const code = encode(text, 'raw', { ecc: 'medium', border: 4 });
  const path = code.flatMap((line, y) => line.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return svg('svg', { class: 'keep-qr', viewBox: `0 0 ${code.length} ${code.length}`, role: 'img', 'aria-label': name, 'shape-rendering': 'crispEdges' },
    svg('rect', { width: code.length, height: code.length, fill: '#fff' }), svg('path', { d: path, fill: '#000' }));
}
