// Without a network the page finds what the service would, and its datums are the service's.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { startDemo } from './lib/demo.js';

// The modules read the page that they stand in.
Object.assign(globalThis, { document: { documentElement: { dataset: {}, lang: 'zh-CN' } } });
const { convert } = await import('../../web/js/datum.js');
const { nearest } = await import('../../web/js/offline/nearest.js');

const demo = await startDemo({}, ['--history', '1']);
after(demo.stop);

/** @param {string} path @returns {Promise<any>} */
const get = async (path) => (await fetch(`${demo.origin}/api/v1${path}`)).json();

const WANTED = [
  { needs: [], grades: [] }, { needs: ['wheelchair'], grades: [] }, { needs: ['babyChanging', 'free'], grades: [] },
  { needs: ['allDay'], grades: [] }, { needs: [], grades: ['A', 'AA', 'AAA'] },
];

test('the nearest of the copy are the nearest of the service, at any hour of the next days', async () => {
  const bundle = await get('/toilets/bundle?crs=wgs84');
  let compared = 0;
  for (let hour = 0; hour < 13 * 24; hour += 7) {
    const at = new Date(Date.now() + hour * 3600000 + 61000);
    const position = { latitude: 34.75 + (hour % 17) / 100, longitude: 112.25 + (hour % 47) / 100 };
    for (const wanted of WANTED) {
      const query = new URLSearchParams({ latitude: String(position.latitude), longitude: String(position.longitude), crs: 'wgs84', at: at.toISOString(), limit: '10' });
      if (wanted.needs.length > 0) query.set('need', wanted.needs.join(','));
      if (wanted.grades.length > 0) query.set('grade', wanted.grades.join(','));
      const { items } = await get(`/toilets/nearest?${query}`);
      const found = nearest(bundle, position, wanted, at, 10);
      assert.deepEqual(found.map(({ id }) => id), items.map((/** @type {any} */ { id }) => id), `${query}`);
      for (const [place, toilet] of found.entries()) {
        assert.ok(Math.abs(toilet.distance - items[place].distance) < 0.01 * items[place].distance + 1, `${toilet.distance} ${items[place].distance}`);
        assert.equal(toilet.open?.until && new Date(toilet.open.until).getTime() / 60000 | 0, items[place].open?.until && new Date(items[place].open.until).getTime() / 60000 | 0, `${toilet.name} at ${at.toISOString()}`);
      }
      compared += items.length;
    }
  }
  assert.ok(compared > 1000, String(compared));
});

test('datums are converted as the service converts them', async () => {
  const [gps, amap, baidu] = await Promise.all(['wgs84', 'gcj02', 'bd09'].map((crs) => get(`/toilets/bundle?crs=${crs}`)));
  assert.ok(gps.items.length > 100);
  for (const [place, item] of gps.items.entries()) {
    if (item.latitude === undefined) continue;
    for (const [crs, there] of /** @type {const} */ ([['gcj02', amap.items[place]], ['bd09', baidu.items[place]]])) {
      const to = convert(item, 'wgs84', crs);
      const back = convert(there, crs, 'wgs84');
      assert.ok(Math.abs(to.latitude - there.latitude) < 2e-7 && Math.abs(to.longitude - there.longitude) < 2e-7, item.name);
      assert.ok(Math.abs(back.latitude - item.latitude) < 2e-7 && Math.abs(back.longitude - item.longitude) < 2e-7, item.name);
    }
  }
  const paris = { latitude: 48.86, longitude: 2.35 };
  assert.deepEqual(convert(paris, 'wgs84', 'gcj02'), paris);
});

test('each map app is given the datum that it is drawn in', async () => {
  const { wayTo } = await import('../../web/js/find/walk.js');
  const toilet = await get('/toilets/17');
  const drawn = (await get('/toilets/17?crs=gcj02')).position;
  const near = (/** @type {string} */ text, /** @type {{latitude: number, longitude: number}} */ { latitude, longitude }) => text.includes(latitude.toFixed(4)) && text.includes(longitude.toFixed(4));
  assert.ok(near(wayTo(toilet, 'iPhone'), drawn) && wayTo(toilet, 'iPhone').startsWith('https://maps.apple.com/'));
  assert.ok(near(wayTo(toilet, 'Linux; Android 14'), toilet.position) && wayTo(toilet, 'Android').startsWith('geo:'));
  for (const agent of ['Windows NT', 'Linux; Android 14 MicroMessenger/8']) assert.ok(near(wayTo(toilet, agent), drawn) && wayTo(toilet, agent).startsWith('https://uri.amap.com/'));
});
