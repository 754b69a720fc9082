// Find, as somebody on the street uses it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { HERE, accessible, shoot, visit } from './lib/browser.js';
import { asAdmin } from './lib/admin.js';
import { stage } from './lib/stage.js';

const HOSTILE = '<img src=x onerror="globalThis.harmed=1">公厕';

const { demo, browser } = await stage({ history: 30 });

/**
 * What the service says that is nearest.
 * @param {Record<string, string>} [more]
 * @returns {Promise<any[]>}
 */
async function nearest(more = {}) {
  const { latitude, longitude } = HERE;
  const query = new URLSearchParams({ latitude: String(latitude), longitude: String(longitude), crs: 'wgs84', barriers: 'avoid', limit: '20', ...more });
  return (await (await fetch(`${demo.origin}/api/v1/toilets/nearest?${query}`)).json()).items;
}

/** @param {import('playwright-core').Page} page */
const answer = (page) => page.locator('article.answer');

/** @param {import('playwright-core').Page} page @param {number} id */
const answered = (page, id) => page.waitForSelector(`article.answer[data-toilet="${id}"]`);

for (const size of /** @type {const} */ (['phone', 'desk'])) {
  describe(`on a ${size}`, () => {
    test('the nearest usable toilet comes first and large, with all that is needed to go', async () => {
      const seen = await visit(browser, demo.origin, { size });
      const [best, second] = await nearest();
      await seen.page.goto('/');
      await answered(seen.page, best.id);
      const text = await answer(seen.page).innerText();
      assert.ok(text.includes(best.name) && /\d+ 米/.test(text) && /步行约 \d+ 分钟/.test(text), text);
      assert.match(text, /开放至|全天开放|开放时间不详/);
      assert.equal(await seen.page.locator('.list li').count(), (await nearest()).length - 1);
      assert.ok((await seen.page.locator('.list li').first().innerText()).includes(second.name));
      assert.match(await seen.page.locator('[data-walk]').first().getAttribute('href') ?? '', /^(geo:|https:\/\/(maps\.apple|uri\.amap)\.com)/);
      if (size === 'desk') await seen.page.waitForSelector('.leaflet-marker-icon.best');
      await seen.page.waitForTimeout(1000);
      await shoot(seen.page, `find-${size}`);
      await accessible(seen.page);
      await seen.end();
    });

    test('chips leave only what has it, and are remembered', async () => {
      const seen = await visit(browser, demo.origin, { size });
      await seen.page.goto('/');
      await answer(seen.page).waitFor();
      await seen.page.click('[data-chip=wheelchair]');
      await seen.page.click('[data-chip=free]');
      const [best] = await nearest({ need: 'wheelchair,free' });
      await answered(seen.page, best.id);
      await seen.page.reload();
      await answered(seen.page, best.id);
      assert.equal(await seen.page.getAttribute('[data-chip=free]', 'aria-pressed'), 'true');
      await seen.page.click('[data-chip=wheelchair]');
      await seen.page.click('[data-chip=free]');
      await seen.page.click('[data-chip=gradeA]');
      const graded = await nearest({ grade: 'A,AA,AAA' });
      if (graded[0]) await answered(seen.page, graded[0].id);
      await seen.end();
    });

    test('whoever refuses to say where they are chooses a town, or taps on the map', async () => {
      const seen = await visit(browser, demo.origin, { size, position: null });
      await seen.page.goto('/');
      await seen.page.getByRole('heading', { name: '您在哪里？' }).waitFor();
      if (size === 'desk') await seen.page.waitForSelector('.town');
      await seen.page.waitForTimeout(500);
      await shoot(seen.page, `find-refused-${size}`);
      await accessible(seen.page);
      await seen.page.locator('article, .answer').getByRole('button', { name: '选村镇' }).click();
      await seen.page.getByPlaceholder('镇、街道或村的名字').fill('会盟');
      await seen.page.locator('[data-area="410308101"]').click();
      await answer(seen.page).and(seen.page.locator('[data-toilet]')).waitFor();
      assert.equal(await seen.page.locator('.where .label').innerText(), '会盟镇');
      if (size === 'phone') await seen.page.click('[data-view=map]');
      await seen.page.waitForSelector('.leaflet-marker-icon.here');
      await seen.page.waitForTimeout(500);
      const map = await seen.page.locator('.leaflet-container').boundingBox();
      assert.ok(map);
      await seen.page.locator('.leaflet-container').click({ position: { x: 12, y: map.height / 2 } });
      await seen.page.locator('.where .label', { hasText: '地图上的点' }).waitFor();
      await shoot(seen.page, `find-map-${size}`);
      await seen.end();
    });

    test('without a network the copy answers, says how old it is, and opens a toilet', async () => {
      const seen = await visit(browser, demo.origin, { size });
      await seen.page.goto('/');
      await answer(seen.page).waitFor();
      await seen.page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        while (!(await caches.match('/copy/toilets.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
      });
      // The nearest of the copy is the nearest along the straight way.
      const [best] = await nearest({ barriers: 'mark' });
      await seen.context.setOffline(true);
      await seen.page.reload();
      await answered(seen.page, best.id);
      assert.match(await seen.page.locator('.note').first().innerText(), /现在没有网络。.*(刚刚|分钟前)/);
      if (size === 'phone') await seen.page.click('[data-view=map]');
      await seen.page.waitForSelector('.leaflet-marker-icon.best');
      await seen.page.waitForTimeout(800);
      await seen.page.evaluate(() => scrollTo(0, 0));
      await shoot(seen.page, `find-offline-${size}`);
      await answer(seen.page).getByRole('link', { name: '详情' }).click();
      await seen.page.locator('.detail h1', { hasText: best.name }).waitFor();
      await seen.end(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
    });

    test('one toilet: hours of the week, what is unknown, and how it was cleaned', async () => {
      const seen = await visit(browser, demo.origin, { size });
      await seen.page.goto('/toilets/17');
      await seen.page.locator('svg.days').waitFor();
      const text = await seen.page.locator('main').innerText();
      assert.ok(text.includes('长华社区公厕') && text.includes('06:00–22:00') && text.includes('不详') && text.includes('应做'), text);
      assert.equal(await seen.page.locator('.week dt').filter({ hasText: /星期|今天/ }).count(), 7);
      assert.ok(await seen.page.locator('svg.days rect.doneOnTime').count() > 60);
      await shoot(seen.page, `detail-${size}`, true);
      await accessible(seen.page);
      await seen.end();
    });
  });
}

test('English where the browser speaks it, and a switch that is remembered', async () => {
  const seen = await visit(browser, demo.origin, { language: 'en-GB' });
  await seen.page.goto('/');
  await answer(seen.page).waitFor();
  assert.match(await answer(seen.page).innerText(), /Nearest usable[\s\S]*min on foot/);
  await shoot(seen.page, 'find-english');
  await seen.page.goto('/toilets/17');
  await seen.page.getByRole('heading', { name: 'Changhua Community Toilet' }).waitFor();
  assert.ok((await seen.page.locator('main').innerText()).includes('Unknown'));
  await seen.page.getByRole('button', { name: '中文' }).click();
  await seen.page.getByRole('heading', { name: '长华社区公厕' }).waitFor();
  await seen.page.goto('/');
  await seen.page.locator('article.answer', { hasText: '最近可用' }).waitFor();
  assert.equal(await seen.page.getAttribute('html', 'lang'), 'zh-CN');
  await seen.end();
});

test('large type is a switch that is remembered, and the page does not scroll sideways', async () => {
  const seen = await visit(browser, demo.origin, { dark: true });
  await seen.page.goto('/');
  await answer(seen.page).waitFor();
  const before = await answer(seen.page).locator('h1').evaluate((heading) => getComputedStyle(heading).fontSize);
  await seen.page.getByRole('button', { name: '大字' }).click();
  await seen.page.reload();
  await answer(seen.page).waitFor();
  const large = await answer(seen.page).locator('h1').evaluate((heading) => getComputedStyle(heading).fontSize);
  assert.ok(parseFloat(large) > 1.25 * parseFloat(before), `${before} ${large}`);
  assert.equal(await seen.page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await shoot(seen.page, 'find-large-dark');
  await accessible(seen.page);
  await seen.end();
});

test('a name that would be markup is text, in the answer, on its page, on the map and on the board', async () => {
  const admin = await asAdmin(demo);
  const made = await admin('POST', '/toilets?crs=wgs84', { name: HOSTILE, confirmed: true, position: { latitude: HERE.latitude, longitude: HERE.longitude }, hours: '24/7', access: 'public', area: '410308100' });
  const seen = await visit(browser, demo.origin, { size: 'desk' });
  await seen.page.goto('/');
  await answered(seen.page, made.id);
  assert.ok((await answer(seen.page).innerText()).includes(HOSTILE));
  await seen.page.waitForSelector('.leaflet-marker-icon.best');
  await shoot(seen.page, 'hostile-find');
  await answer(seen.page).getByRole('link', { name: '详情' }).click();
  await seen.page.locator('.detail h1', { hasText: HOSTILE }).waitFor();
  await seen.page.goto('/board/410308100');
  await seen.page.locator('th', { hasText: HOSTILE }).waitFor();
  assert.equal(await seen.page.locator('img').count(), 0);
  assert.equal(await seen.page.evaluate(() => 'harmed' in globalThis), false);
  await admin('DELETE', `/toilets/${made.id}`, undefined, `"${made.revision}"`);
  await seen.end();
});

test('what is wrong and what is missing reaches the staff, once', async () => {
  const seen = await visit(browser, demo.origin);
  await seen.page.goto('/toilets/17');
  await seen.page.getByRole('button', { name: '信息有误' }).click();
  await seen.page.getByRole('button', { name: '提交' }).click();
  await seen.page.getByText('请至少说明一处。').waitFor();
  await seen.page.getByLabel('第三卫生间').selectOption('yes');
  await seen.page.getByLabel(/补充说明/).fill('新装了一间');
  await shoot(seen.page, 'report-wrong');
  await accessible(seen.page);
  await seen.page.getByRole('button', { name: '提交' }).dblclick();
  await seen.page.getByText('谢谢！').waitFor();
  await seen.page.goto('/');
  await answer(seen.page).waitFor();
  await seen.page.getByRole('button', { name: '这里少了一座公厕' }).click();
  await seen.page.getByLabel('叫什么').fill('新广场公厕');
  await seen.page.getByRole('button', { name: '提交' }).click();
  await seen.page.getByText('谢谢！').waitFor();
  const admin = await asAdmin(demo);
  const { items } = await admin('GET', '/suggestions?state=open');
  assert.deepEqual(items.map((/** @type {any} */ { kind, toilet }) => `${kind} ${toilet ?? ''}`).sort(), ['missing ', 'wrong 17']);
  const changes = JSON.stringify(items.map((/** @type {any} */ item) => item.changes));
  assert.ok(/familyToilet[^}]*yes/.test(changes) && /name[^}]*新广场公厕/.test(changes) && /position/.test(changes), changes);
  await seen.end();
});

test('there is no such toilet', async () => {
  const seen = await visit(browser, demo.origin);
  await seen.page.goto('/toilets/99999');
  await seen.page.getByText('没有这座公厕。').waitFor();
  await seen.end(/404/);
});
