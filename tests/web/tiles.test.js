// A map on tiles: the page then speaks of positions in the tiles' datum, and still finds the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HERE, shoot, visit } from './lib/browser.js';
import { startDemo } from './lib/demo.js';
import { stage } from './lib/stage.js';

const { convert } = await import('../../web/js/datum.js');
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==', 'base64');

const settings = { GONGCE_MAP_TILES: '/tiles/{z}/{x}/{y}.png', GONGCE_MAP_TILES_CRS: 'gcj02', GONGCE_MAP_ATTRIBUTION: '<b>天地图</b> GS(2026)1号' };
const { demo, browser } = await stage({ start: startDemo, history: 1, settings });

test('on tiles in gcj02 the same toilet is found, with its position in that datum, and whose map it is', async () => {
  const seen = await visit(browser, demo.origin, { size: 'desk' });
  let tiles = 0;
  await seen.page.route('**/tiles/**', (route) => {
    tiles += 1;
    return route.fulfill({ contentType: 'image/png', body: PIXEL });
  });
  const asked = seen.page.waitForRequest((request) => request.url().includes('/toilets/nearest'));
  await seen.page.goto('/');
  const query = new URL((await asked).url()).searchParams;
  const here = convert(HERE, 'wgs84', 'gcj02');
  assert.equal(query.get('crs'), 'gcj02');
  assert.ok(Math.abs(Number(query.get('latitude')) - here.latitude) < 1e-6 && Math.abs(Number(query.get('longitude')) - here.longitude) < 1e-6);
  const gps = new URLSearchParams({ latitude: String(HERE.latitude), longitude: String(HERE.longitude), crs: 'wgs84', barriers: 'avoid' });
  const [best] = (await (await fetch(`${demo.origin}/api/v1/toilets/nearest?${gps}`)).json()).items;
  await seen.page.waitForSelector(`article.answer[data-toilet="${best.id}"]`);
  await seen.page.locator('.whose', { hasText: '<b>天地图</b> GS(2026)1号' }).waitFor();
  await seen.page.waitForSelector('.leaflet-marker-icon.best');
  assert.ok(tiles > 3, String(tiles));
  await shoot(seen.page, 'tiles-desk');
  await seen.end();
});
