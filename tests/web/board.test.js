// The board of an area, on a screen in the village hall and on a phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { asAdmin } from './lib/admin.js';
import { stage } from './lib/stage.js';

const TOWN = '410308101';

const { demo, browser } = await stage({ history: 5 });

/** @param {number} id of a toilet */
async function revision(id) {
  return `"${(await (await fetch(`${demo.origin}/api/v1/toilets/${id}`)).json()).revision}"`;
}

for (const size of /** @type {const} */ (['phone', 'desk'])) {
  test(`all toilets of the town, who answers for them and how they stand, on a ${size}`, async () => {
    const { items } = await (await fetch(`${demo.origin}/api/v1/toilets?area=${TOWN}&limit=100`)).json();
    const seen = await visit(browser, demo.origin, { size });
    await seen.page.goto(`/board/${TOWN}`);
    await seen.page.locator('tbody tr').first().waitFor();
    assert.equal(await seen.page.locator('tbody tr').count(), items.length);
    const row = await seen.page.locator(`tr[data-toilet="${items[0].id}"]`).innerText();
    assert.ok(row.includes(items[0].name) && row.includes(items[0].operator.name) && row.includes('%'), row);
    await seen.page.locator('.live:not(.off)').waitFor();
    await shoot(seen.page, `board-${size}`);
    await accessible(seen.page);
    await seen.end();
  });

  test(`a closure appears with its reason as it is made, and goes as it ends, on a ${size}`, async () => {
    const admin = await asAdmin(demo);
    const { items } = await (await fetch(`${demo.origin}/api/v1/toilets?area=${TOWN}&status=inService&limit=10`)).json();
    const toilet = items[size === 'phone' ? 1 : 2];
    const seen = await visit(browser, demo.origin, { size });
    await seen.page.goto(`/board/${TOWN}`);
    await seen.page.locator('.live:not(.off)').waitFor();
    const closures = seen.page.locator('.closures li', { hasText: toilet.name });
    assert.equal(await closures.count(), 0);
    const { outage } = await admin('POST', `/toilets/${toilet.id}/outages`, { reason: 'water' });
    await closures.waitFor();
    assert.match(await closures.innerText(), /停水/);
    assert.match(await seen.page.locator(`tr[data-toilet="${toilet.id}"]`).innerText(), /暂停使用：停水/);
    await admin('DELETE', `/toilets/${toilet.id}/outages/${outage.id}`, undefined, await revision(toilet.id));
    await closures.waitFor({ state: 'detached' });
    await seen.end();
  });
}

test('without an area it asks for one, in English too', async () => {
  const seen = await visit(browser, demo.origin, { language: 'en' });
  await seen.page.goto('/board');
  await seen.page.getByRole('heading', { name: 'The toilets of which area?' }).waitFor();
  await accessible(seen.page);
  await seen.page.getByRole('link', { name: '会盟镇' }).click();
  await seen.page.getByRole('heading', { name: 'Toilets of 会盟镇' }).waitFor();
  await seen.end();
});

test('a screen that was cut off goes on by itself', async () => {
  const admin = await asAdmin(demo);
  const { items } = await (await fetch(`${demo.origin}/api/v1/toilets?area=${TOWN}&status=inService&limit=10`)).json();
  const toilet = items[3];
  const seen = await visit(browser, demo.origin, { size: 'desk' });
  await seen.page.goto(`/board/${TOWN}`);
  await seen.page.locator('.live:not(.off)').waitFor();
  await seen.page.goto('about:blank');
  const { outage } = await admin('POST', `/toilets/${toilet.id}/outages`, { reason: 'power' });
  await seen.page.goto(`/board/${TOWN}`);
  await seen.page.locator('.closures li', { hasText: toilet.name }).waitFor();
  await admin('DELETE', `/toilets/${toilet.id}/outages/${outage.id}`, undefined, await revision(toilet.id));
  await seen.page.locator('.closures li', { hasText: toilet.name }).waitFor({ state: 'detached' });
  await seen.end();
});
