// A suggestion at the desk, fact by fact: what is now beside what is suggested, and of it what the reader leaves ticked.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { HOSTILE, rename } from './lib/crew.js';
import { signedIn } from './lib/signin.js';
import { stage } from './lib/stage.js';

const { demo, browser } = await stage({ prepare: (demo) => rename(demo, 17, HOSTILE) });

/** @param {unknown} body a suggestion, from anybody */
async function suggest(body) {
  const response = await fetch(`${demo.origin}/api/v1/suggestions?crs=wgs84`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()).id;
}

/** @param {number} id */
const toilet = async (id) => (await fetch(`${demo.origin}/api/v1/toilets/${id}?crs=wgs84`)).json();

test('a correction: every fact has a tick, and what is ticked is written', async () => {
  const before = await toilet(17);
  const position = { latitude: before.position.latitude + 0.0004, longitude: before.position.longitude };
  const note = '北门进 → 右转 <b>二层</b>';
  const id = await suggest({ kind: 'wrong', toilet: 17, facts: { hours: '05:30-23:00', note, position, facilities: { paper: 'no', wheelchair: 'yes' } }, remark: '昨天去过' });
  const { page, context, end } = await visit(browser, demo.origin);
  await signedIn(context, demo, 'supervisor');
  await page.goto('/desk#suggestions');
  await page.locator(`[data-suggestion="${id}"]`).getByRole('button', { name: /^采纳/ }).click();
  const fact = (/** @type {string} */ field) => page.locator(`dialog [data-fact="${field}"]`);
  assert.equal(await page.locator('dialog .fact').count(), 5);
  assert.ok((await fact('hours').innerText()).includes(before.open.hours) && (await fact('hours').innerText()).includes('05:30-23:00'));
  assert.equal(await fact('note').locator('.then .fact-said').innerText(), note, 'an arrow of somebody’s own stays where it is');
  await page.locator('.keep-small-map .mark.here').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await shoot(page, 'desk-suggestion-phone');
  await accessible(page);
  for (const box of await page.locator('dialog .fact input').all()) await box.uncheck();
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('请至少勾选一项').waitFor();
  for (const field of ['hours', 'note', 'facilities.paper']) await fact(field).locator('input').check();
  await shoot(page, 'desk-suggestion-some-phone');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.toast', { hasText: '已采纳' }).waitFor();
  const now = await toilet(17);
  assert.deepEqual([now.open.hours, now.note, now.facilities.paper], ['05:30-23:00', note, 'no']);
  assert.deepEqual([now.position, now.facilities.wheelchair], [before.position, before.facilities.wheelchair], 'what was not ticked stays');
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
  await end();
});

test('a missing toilet: name and place are needed, the rest has ticks; in English, in the dark', async () => {
  const id = await suggest({ kind: 'missing', facts: { name: '桥头公厕', position: { latitude: 34.7011, longitude: 112.2011 }, fee: 'no', facilities: { paper: 'yes' }, note: 'x' } });
  const { page, context, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en', dark: true });
  await signedIn(context, demo, 'admin');
  await page.goto('/desk#suggestions');
  await page.locator(`[data-suggestion="${id}"]`).getByRole('button', { name: /^Take up/ }).click();
  const facts = page.locator('dialog .fact');
  assert.deepEqual(await facts.evaluateAll((all) => all.map((one) => one.getAttribute('data-fact'))), ['facilities.paper', 'fee', 'note']);
  await page.locator('dialog [data-fact=note] input').uncheck();
  await page.locator('dialog input[name=name]').fill('Lantern toilet');
  await shoot(page, 'desk-suggestion-desk');
  await accessible(page);
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.toast', { hasText: 'Taken up' }).waitFor();
  const { items } = await (await fetch(`${demo.origin}/api/v1/toilets?q=Lantern`)).json();
  assert.deepEqual([items.length, items[0].fee, items[0].facilities.paper, items[0].note], [1, 'no', 'yes', undefined]);
  await end();
});
