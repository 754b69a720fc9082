// Days and figures at the desk, held to what the interface tells, in a county with a history.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { asAdmin } from './lib/admin.js';
import { HOSTILE, rename } from './lib/crew.js';
import { signedIn } from './lib/signin.js';
import { stage } from './lib/stage.js';

const { demo, browser, ask } = await stage({
  history: 12,
  prepare: async (made) => {
    await rename(made, 17, HOSTILE);
    return { ask: await asAdmin(made) };
  },
});

const percent = (/** @type {number} */ share) => new Intl.NumberFormat('zh-CN', { style: 'percent', maximumFractionDigits: 1 }).format(share);
/** @param {number} ago days */
const dateOf = (ago) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(Date.now() - ago * 86400000));

for (const size of /** @type {const} */ (['phone', 'desk'])) {
  describe(`on a ${size}`, () => {
    test('today: every toilet is on the map in one state, and the lists hold what the slots say', async () => {
      const { page, context, end } = await visit(browser, demo.origin, { size, dark: size === 'phone' });
      await signedIn(context, demo, 'supervisor');
      /** @type {string[]} */
      const asked = [];
      page.on('request', (request) => { asked.push(new URL(request.url()).pathname); });
      await page.goto('/desk');
      await page.getByText('实时', { exact: true }).waitFor();
      const { items } = await ask('GET', '/toilets?limit=100');
      const more = (await ask('GET', `/toilets?limit=100&cursor=${(await ask('GET', '/toilets?limit=100')).next}`)).items;
      const toilets = [...items, ...more].filter(({ status }) => status !== 'planned' && status !== 'retired');
      const sums = (await page.locator('.tile strong').allInnerTexts()).map(Number);
      assert.equal(sums.reduce((sum, n) => sum + n, 0), toilets.length);
      await page.waitForFunction((n) => document.querySelectorAll('.day-map .mark').length === n, toilets.filter(({ position }) => position).length);
      const slots = asked.filter((path) => path.endsWith('/slots'));
      assert.ok(slots.length <= 3 && slots.every((path) => path === '/api/v1/slots'), `a county is read by the page: ${slots}`);
      let missed = 0;
      for (const { id } of toilets) {
        const { items: slots } = await ask('GET', `/toilets/${id}/slots?from=${dateOf(0)}&to=${dateOf(0)}`);
        missed += slots.filter((/** @type {any} */ { state }) => state === 'missed').length;
      }
      const told = Number((await page.locator('[data-list=missed] h2 span').innerText()).trim());
      assert.ok(Math.abs(told - missed) <= 3, `${told} are listed and ${missed} missed, a few moments later`);
      await shoot(page, `desk-today-${size}`);
      await accessible(page);
      await end();
    });

    test('figures: what they are made of, by group, by hour, and to take away', async () => {
      const { page, context, end } = await visit(browser, demo.origin, { size });
      await signedIn(context, demo, 'supervisor');
      await page.goto('/desk#figures');
      const whole = await ask('GET', `/figures/cleaning?groupBy=all&area=410308&from=${dateOf(29)}&to=${dateOf(0)}`);
      const [all] = whole.items;
      await page.locator('.figure-tile').first().waitFor();
      const first = await page.locator('.figure-tile').first().innerText();
      assert.ok(first.includes(percent(all.onTime.value)) && first.replaceAll(',', '').includes(`/ ${all.n}`), `${first} is of ${all.n}`);
      await page.locator('.plot canvas').waitFor();
      assert.match(await page.locator('.plot').getAttribute('aria-label') ?? '', /天的准时率/);
      await page.locator('.figures-table tbody tr').first().waitFor();
      await page.locator('select[name=area]').selectOption('410308100');
      await page.waitForResponse((response) => response.url().includes('/figures/hours?') && response.url().includes('410308100'));
      await page.locator('table.heat').waitFor();
      const counted = (await page.locator('.heat td span:last-child').allInnerTexts()).flatMap((text) => /(\d+)\/(\d+)/.exec(text)?.[2] ?? /太少（(\d+)）/.exec(text)?.[1] ?? []).map(Number);
      const town = await ask('GET', `/figures/cleaning?groupBy=all&area=410308100&from=${dateOf(29)}&to=${dateOf(0)}`);
      assert.ok(Math.abs(counted.reduce((sum, n) => sum + n, 0) - town.items[0].n) <= 3, 'the hours hold as many slots as the figures');
      await page.locator('table.heat').scrollIntoViewIfNeeded();
      await shoot(page, `desk-hours-${size}`);
      await shoot(page, `desk-figures-${size}`);
      await accessible(page);
      const [kept] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '保洁统计 CSV' }).click()]);
      assert.match(await readFile(await kept.path(), 'utf8'), /410308100/);
      await end();
    });
  });
}

test('figures: nothing is none and no hundred per cent; toilets and persons have names', async () => {
  const { page, context, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en' });
  await signedIn(context, demo, 'supervisor');
  await page.goto('/desk#figures');
  await page.locator('.figures-table').waitFor();
  await page.locator('select[name=groupBy]').selectOption('toilet');
  await page.locator('select[name=area]').selectOption('410308100');
  await page.locator('.figures-table tbody th', { hasText: 'Changhua' }).or(page.getByRole('button', { name: /^All \d+/ })).first().waitFor();
  await page.locator('select[name=groupBy]').selectOption('person');
  await page.locator('.figures-table tbody th', { hasText: /^[\u4e00-\u9fff]{2,4}$/ }).first().waitFor();
  await page.locator('select[name=groupBy]').selectOption('toilet');
  await page.locator('select[name=area]').selectOption('');
  await page.locator('select[name=span]').selectOption('week');
  await page.getByRole('button', { name: /^All \d+/ }).click();
  await page.getByText(/^Too few \(\d+\)/).first().waitFor();
  await page.locator('select[name=span]').selectOption('own');
  await page.locator('input[name=from]').fill('2020-01-01');
  await page.getByText('366 days at most').waitFor();
  await page.locator('input[name=to]').fill('2020-01-31');
  await page.getByText('Nothing was due in this span').waitFor();
  assert.match(await page.locator('.figure-tile').first().innerText(), /None/);
  await page.locator('input[name=to]').fill('2019-01-31');
  await page.getByText('The first day must come before the last').waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
  await end();
});
