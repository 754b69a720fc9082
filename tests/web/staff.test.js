// Cleaning, as somebody with a phone and often without signal does it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { HOSTILE, giveRounds, joinAs, logBy, logged, plateOf, rename } from './lib/crew.js';
import { stage } from './lib/stage.js';

const { demo, browser } = await stage({
  prepare: async (made) => {
    await rename(made, 18, HOSTILE);
    await giveRounds(made, [17, 18, 20]);
  },
});

describe('a day with signal', () => {
  test('a cleaning is logged with all that belongs to it', async () => {
    const { page, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '王芳');
    await page.locator('.stop').first().waitFor();
    assert.equal(await page.locator('.stop').count(), 3);
    await page.getByText(HOSTILE).waitFor();
    await shoot(page, 'staff-home-phone', true);
    await accessible(page);
    await logBy(page, await plateOf(demo, 17), async () => {
      await page.getByText('已扫保洁牌').waitFor();
      await page.getByText('位置已附上').waitFor();
      await page.getByRole('button', { name: '全部正常' }).click();
      await page.locator('.check').nth(1).getByRole('button', { name: '有问题' }).click();
      await page.locator('.check').nth(1).locator('input').fill('镜子裂了');
      await page.locator('input[type=file]').setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: await largePicture(page) });
      await page.locator('.shot img').waitFor();
      await page.locator('textarea[name=remarks]').fill('水龙头漏水');
      await page.getByRole('button', { name: '增加卫生纸' }).click();
      await page.getByRole('button', { name: '增加卫生纸' }).click();
      await shoot(page, 'staff-log-phone', true);
      await accessible(page);
    });
    await page.getByText('1 张照片已入库').waitFor();
    assert.equal(await page.locator('.record').count(), 1);
    await shoot(page, 'staff-logged-phone', true);
    const [cleaning] = await logged(demo, 17);
    assert.equal(cleaning.presence, 'E1', '300 m away: the plate alone counts');
    assert.equal(cleaning.basis, 'monotonic');
    assert.deepEqual(cleaning.checklist.points.map((/** @type {any} */ { code, ok, note }) => [code, ok, note]), [['floor', true, undefined], ['basin', false, '镜子裂了'], ['supplies', true, undefined]]);
    assert.deepEqual([cleaning.remarks, cleaning.supplies, cleaning.photos.length], ['水龙头漏水', [{ name: '卫生纸', quantity: 2, unit: '卷' }], 1]);
    assert.ok((await fetch(`${demo.origin}/api/v1/cleanings?limit=1`)).status === 401);
    await end();
  });

  test('at a desk, in English, the number is typed and no position is needed', async () => {
    const { page, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en', position: null });
    await joinAs(page, demo, 'Li Mei');
    await page.locator('.stop').first().waitFor();
    await logBy(page, '#20', async () => {
      await page.getByText('No plate scanned').waitFor();
      await page.getByText('No position (not needed)').waitFor();
      await page.locator('.choice', { hasText: 'Disinfection' }).click();
      await shoot(page, 'staff-log-desk', true);
      await accessible(page);
    });
    await page.locator('.record .tag.good').waitFor();
    await shoot(page, 'staff-home-desk', true);
    await accessible(page);
    const [cleaning] = await logged(demo, 20);
    assert.deepEqual([cleaning.presence, cleaning.tasks], ['E0', ['round', 'disinfect']]);
    await end();
  });
});

test('in the dark, and in large type, all of it can be read and nothing runs out of the page', async () => {
  const { page, end } = await visit(browser, demo.origin, { dark: true });
  await joinAs(page, demo, '冯静');
  await page.locator('.stop').first().waitFor();
  await page.getByRole('button', { name: '大字' }).click();
  await shoot(page, 'staff-home-large-dark', true);
  await accessible(page);
  await page.locator('.stop').first().click();
  await page.locator('form.log .choice').first().waitFor();
  await shoot(page, 'staff-log-large-dark', true);
  await accessible(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  for (const target of await page.locator('form.log button:visible, form.log a:visible').all()) {
    const box = await target.boundingBox();
    assert.ok(box && box.height >= 44, `${await target.textContent()} is ${box?.height} high`);
  }
  await end();
});

/** A picture that is larger than need be. @param {import('playwright-core').Page} page */
async function largePicture(page) {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [3200, 2400];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    for (let x = 0; x < 3200; x += 40) {
      context.fillStyle = `hsl(${x % 360} 40% 60%)`;
      context.fillRect(x, 0, 40, 2400);
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  return Buffer.from(bytes);
}
