// Layout, plates and imports at the desk: what is worked out, printed, and taken in.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asAdmin } from './lib/admin.js';
import { accessible, shoot, visit } from './lib/browser.js';
import { HOSTILE, rename } from './lib/crew.js';
import { signedIn } from './lib/signin.js';
import { stage } from './lib/stage.js';

const { demo, browser } = await stage({ history: 1, prepare: (made) => rename(made, 3, HOSTILE) });

/**
 * @param {string} part
 * @param {Parameters<typeof visit>[2] & {role?: string}} [as]
 */
async function desk(part, { role = 'supervisor', ...as } = {}) {
  const seen = await visit(browser, demo.origin, as);
  seen.page.setDefaultTimeout(15000);
  await signedIn(seen.context, demo, role);
  await seen.page.goto(`/desk#${part}`);
  await seen.page.locator('.part h1').waitFor();
  return seen;
}

for (const size of /** @type {const} */ (['phone', 'desk'])) {
  test(`the layout of an area on a ${size}: its share, the map, and the proposed places`, async () => {
    const { page, end } = await desk('layout', { size });
    await page.getByRole('button', { name: '计算' }).click();
    await page.locator('.keep-map .mark.here').nth(4).waitFor();
    assert.match(await page.locator('.keep-figure').first().innerText(), /%\s+500 米内有公厕\s+[\d.,]+ \/ [\d.,]+ 平方公里/);
    assert.equal(await page.locator('[data-place]').count(), 5);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载 GeoJSON' }).click()]);
    assert.equal(download.suggestedFilename(), 'layout.geojson');
    await page.locator('[data-place="2"]').getByRole('button').click();
    await page.locator('.keep-map').getByText('200 m').or(page.locator('.keep-map').getByText('300 m')).first().waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await shoot(page, `keeping-layout-worked-${size}`, true);
    await accessible(page);
    await end();
  });
}

test('villages are pasted; a line that cannot be read is named, and an area without an outline says so at its field', async () => {
  const { page, end } = await desk('layout', { size: 'desk', language: 'en' });
  const wrong = page.locator('.wrong:not([hidden])');
  // All that may be chosen in the demonstration has an outline; a register where towns have none is like this village.
  await page.getByLabel('Area').evaluate((select) => select.append(new Option('吕村', '410308101209')));
  await page.getByLabel('Area').selectOption('410308101209');
  await page.getByRole('button', { name: 'Work it out' }).click();
  await wrong.waitFor();
  assert.match(await wrong.innerText(), /Nobody knows where this area ends/);
  await page.getByText('Villages or other points alone').click();
  await page.getByLabel('List of points').fill(`长华村,112.4364,34.8264,1200\n${HOSTILE}`);
  await page.getByRole('button', { name: 'Work it out' }).click();
  await page.getByText('Line 2 cannot be read').waitFor();
  await page.getByLabel('List of points').fill(`长华村,112.4364,34.8264,1200\n${HOSTILE}，112.30，34.75，300`);
  await page.getByRole('button', { name: 'Work it out' }).click();
  await page.locator('.keep-map .mark.here').first().waitFor();
  assert.match(await page.locator('.keep-figure').first().innerText(), /1 of 2 points/);
  assert.ok((await page.locator('[data-place="1"]').innerText()).includes(HOSTILE));
  await end(/422/);
});

test('plates are printed at true size, four on a sheet of A4, each with its drawing', async () => {
  const { page, end } = await desk('plates', { size: 'desk' });
  await page.getByLabel('哪种牌').selectOption('both');
  for (const id of [1, 2, 3]) await page.locator(`[data-toilet="${id}"] input`).check();
  await page.getByText('已选 3 座，6 块牌，2 张纸').waitFor();
  await page.getByRole('button', { name: '预览' }).click();
  await page.getByText('6 块牌已就绪').waitFor();
  assert.ok((await page.locator('figcaption').nth(4).innerText()).includes(HOSTILE));
  await accessible(page);
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 2);
  assert.ok([...pdf.matchAll(/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].every(([, wide, high]) => Math.round(Number(wide)) === 595 && Math.round(Number(high)) === 842));
  await page.emulateMedia({ media: 'print' });
  const millimetre = 96 / 25.4;
  const box = await page.locator('.keep-sheet img').first().boundingBox();
  assert.ok(box && Math.abs(box.width - 100 * millimetre) < 1 && Math.abs(box.height - 140 * millimetre) < 1, JSON.stringify(box));
  assert.ok(!(await page.locator('.top').isVisible()), 'nothing else is printed');
  await page.setViewportSize({ width: 794, height: 1123 });
  await shoot(page, 'keeping-plates-printed');
  await end();
});

test('a plate that was photographed is replaced, and the old one counts no longer', async () => {
  const admin = await asAdmin(demo);
  const before = (await admin('GET', '/toilets/4/plates')).items[0];
  const { page, end } = await desk('plates', { size: 'phone' });
  await page.locator('[data-toilet="4"]').getByRole('button', { name: /^换牌/ }).click();
  await page.locator('dialog select[name=kind]').selectOption(before.kind);
  await page.locator('dialog button[type=submit]').click();
  await page.getByText(/已换新牌/).waitFor();
  const after = (await admin('GET', '/toilets/4/plates')).items.find((/** @type {any} */ { kind }) => kind === before.kind);
  assert.equal(after.serial, before.serial + 1);
  assert.equal((await fetch(`${demo.origin}/api/v1/plates/${before.url.split('/p/')[1]}`)).status, 404);
  await end();
});

test('a file is looked at before it is taken in: what it changes, what it cannot, and only then the register', async () => {
  const admin = await asAdmin(demo);
  const csv = await (await fetch(`${demo.origin}/api/v1/toilets/export?format=csv&area=410308100`)).text();
  const was = (await admin('GET', '/toilets/2')).name;
  const file = (/** @type {string} */ text) => ({ name: 'list.csv', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from(text) });
  const { page, end } = await desk('imports', { role: 'admin', size: 'desk' });
  await page.getByText('还没有文件').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: '上传文件' }).click();
  await page.locator('input[type=file]').setInputFiles(file('neither fish nor fowl'));
  await page.locator('dialog select[name=profile]').selectOption('gongce-csv');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.wrong:not([hidden]), dialog .note.bad').first().waitFor();
  assert.equal(await page.locator('dialog').count(), 1, 'what was chosen stays');
  await page.locator('input[type=file]').setInputFiles(file(csv.replace(was, `${was}（新）`)));
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('还没有写入名录').waitFor();
  await page.getByText(`${was}（新）`).first().waitFor();
  await shoot(page, 'keeping-import-desk');
  await accessible(page);
  assert.equal((await admin('GET', '/toilets/2')).name, was, 'nothing changes before it is applied');
  await page.getByRole('button', { name: '写入名录' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.toast', { hasText: '已写入名录' }).waitFor();
  assert.equal((await admin('GET', '/toilets/2')).name, `${was}（新）`);
  await page.getByRole('button', { name: '丢弃' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('还没有文件').waitFor();
  await end(/4(09|15|22|00)/);
});
