// What supervisors and administrators keep at the desk, as they do it: closures, suggestions, grades, people.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { decodeQR } from '../../web/vendor/qr/decode.js';
import { asAdmin } from './lib/admin.js';
import { accessible, shoot, visit } from './lib/browser.js';
import { HOSTILE, rename } from './lib/crew.js';
import { signedIn, staffAs } from './lib/signin.js';
import { stage } from './lib/stage.js';

const { demo, browser, closed } = await stage({
  history: 3,
  prepare: async (made) => {
    await rename(made, 17, HOSTILE);
    return { closed: await closeAsCleaner(made, 2) };
  },
});

/**
 * @param {import('./lib/demo.js').Demo} at
 * @param {string} path
 * @param {unknown} body
 * @param {string} [token]
 */
async function post(at, path, body, token) {
  const response = await fetch(`${at.origin}/api/v1${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json().catch(() => null) };
}

/**
 * Has a cleaner close some of her own toilets.
 * @param {import('./lib/demo.js').Demo} at
 * @param {number} count
 */
async function closeAsCleaner(at, count) {
  const { login, password } = staffAs(at, 'cleaner');
  const { token } = (await post(at, '/sessions', { login, password })).body;
  const { items } = await (await fetch(`${at.origin}/api/v1/toilets?area=410308100&limit=100`)).json();
  /** @type {number[]} */
  const done = [];
  for (const { id } of items) {
    if (done.length === count) return done;
    if ((await post(at, `/toilets/${id}/outages`, { reason: 'water', note: '水管爆裂' }, token)).status === 201) done.push(id);
  }
  throw new Error('the cleaner has too few toilets');
}

/**
 * The desk, opened at a part.
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

/** @param {import('playwright-core').Page} page */
const send = (page) => page.locator('dialog button[type=submit]').last().click();
/** @param {import('playwright-core').Page} page sends, and waits until that was taken and shown */
async function taken(page) {
  await send(page);
  await page.waitForFunction(() => !document.querySelector('dialog'));
}
/** @param {import('playwright-core').Page} page */
const wrong = (page) => page.locator('.wrong:not([hidden])');

for (const size of /** @type {const} */ (['phone', 'desk'])) {
  test(`each part on a ${size}: nothing wider than the screen, and for everybody to use`, async () => {
    const { page, end } = await desk('outages', { size, language: size === 'desk' ? 'en' : 'zh-CN', dark: size === 'phone' });
    for (const part of ['outages', 'outages/17', 'suggestions', 'grades', 'grades/60', 'people', 'people/custodians', 'people/toilet/17', 'layout', 'plates']) {
      await page.goto(`/desk#${part}`);
      await page.locator('.desk-wait').waitFor({ state: 'detached' });
      await page.locator('.part h1').waitFor();
      await shoot(page, `keeping-${part.replaceAll('/', '-')}-${size}`);
      await accessible(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${part} is too wide`);
      assert.equal(await page.locator('.part .note.bad').count(), 0, part);
      assert.doesNotMatch(await page.locator('.part').innerText(), /\b(keep|outages|people|custody|grades|suggestions|layout|plates|fault|role|standing)\.[a-z]/, `${part} lacks a word`);
    }
    await end();
  });
}

describe('closures', () => {
  test('what a cleaner closed waits; a supervisor agrees to one and turns the other down', async () => {
    const { page, end } = await desk('outages', { size: 'phone' });
    const waiting = page.locator('.keep-section').first();
    assert.equal(await waiting.locator('.keep-row').count(), 2);
    await waiting.getByRole('button', { name: /^同意/ }).first().click();
    await taken(page);
    await waiting.getByRole('button', { name: /^驳回/ }).click();
    await taken(page);
    await page.getByText('没有等待审核的停用').waitFor();
    const admin = await asAdmin(demo);
    const states = await Promise.all(closed.map(async (id) => (await admin('GET', `/toilets/${id}/outages`)).items.at(-1).state));
    assert.deepEqual(states.sort(), ['confirmed', 'rejected']);
    await end();
  });

  test('closing one says what is wrong at its field, then where else to go, and ends when told', async () => {
    const { page, end } = await desk('outages', { size: 'desk' });
    await page.getByRole('button', { name: '停用公厕' }).click();
    await page.getByRole('searchbox').fill('img src');
    await page.locator('.keep-found button[data-toilet="17"]').click();
    await page.getByLabel('到何时自动恢复').fill('2020-01-01T08:00');
    await page.getByLabel('给公众的说明').fill('换水管');
    await send(page);
    await wrong(page).waitFor();
    assert.equal(await wrong(page).innerText(), '恢复时间应在停用开始之后。');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'until');
    await accessible(page);
    await page.getByLabel('到何时自动恢复').fill('');
    assert.equal(await page.getByLabel('给公众的说明').inputValue(), '换水管', 'what was typed stays');
    await send(page);
    await page.getByText('公众已能看到').waitFor();
    assert.equal(await page.locator('.keep-alternatives li').count(), 3);
    await page.getByRole('button', { name: '完成' }).click();
    assert.equal((await (await fetch(`${demo.origin}/api/v1/toilets/17`)).json()).status, 'closed');
    await page.getByRole('button', { name: `结束停用 ${HOSTILE}` }).click();
    await taken(page);
    await page.getByText(/的停用已结束/).waitFor();
    assert.equal((await (await fetch(`${demo.origin}/api/v1/toilets/17`)).json()).status, 'inService');
    await end(/422/);
  });

  test('a toilet that somebody else changed meanwhile is read anew, and the change goes through when sent again', async () => {
    const { page, end } = await desk('outages/9', { size: 'phone', language: 'en' });
    await page.getByRole('button', { name: /^Change/ }).first().click();
    await page.getByLabel('What to tell the public').fill('Pipe broken');
    await rename(demo, 9, '黄河路公厕（东）');
    await send(page);
    await page.getByText('Somebody has just changed this toilet').waitFor();
    await taken(page);
    await page.getByText('Saved').waitFor();
    const admin = await asAdmin(demo);
    assert.equal((await admin('GET', '/toilets/9/outages')).items[0].note, 'Pipe broken');
    await end(/412/);
  });
});

describe('suggestions', () => {
  test('one is turned down with a reason, one corrects a toilet, and one that is there already is not made twice unseen', async () => {
    const crs = '?crs=wgs84';
    const there = await (await fetch(`${demo.origin}/api/v1/toilets/2`)).json();
    await post(demo, '/suggestions', { kind: 'wrong', toilet: 17, facts: { facilities: { paper: 'no' } }, remark: '<b>没有纸</b>' });
    await post(demo, '/suggestions', { kind: 'gone', toilet: 5, remark: '拆了' });
    assert.equal((await post(demo, `/suggestions${crs}`, { kind: 'missing', facts: { name: there.name, position: there.position } })).status, 201);
    const { page, end } = await desk('suggestions', { size: 'phone' });
    assert.equal(await page.locator('.keep-row').count(), 3);
    await page.locator('.keep-row').nth(1).getByRole('button', { name: /^不采纳/ }).click();
    await send(page);
    assert.equal(await wrong(page).innerText(), '这里必须填写。');
    await page.getByLabel('理由').fill('只是在翻修');
    await taken(page);
    await page.getByText('已回复').waitFor();
    await page.locator('.keep-row').first().getByRole('button', { name: /^采纳/ }).click();
    await taken(page);
    await page.locator('.toast', { hasText: '已采纳' }).waitFor();
    assert.equal((await (await fetch(`${demo.origin}/api/v1/toilets/17`)).json()).facilities.paper, 'no');
    await page.getByRole('button', { name: /^采纳/ }).click();
    await page.locator('.keep-small-map .mark').first().waitFor();
    await send(page);
    await page.getByText('附近可能已有这座公厕').waitFor();
    assert.ok((await page.locator('.keep-alternatives').innerText()).includes(there.name));
    await shoot(page, 'keeping-suggestion-there-phone');
    await accessible(page);
    await end(/409/);
  });
});

describe('grades', () => {
  test('a grade is recorded, corrected and withdrawn; a day that cannot be is said at its field', async () => {
    const { page, end } = await desk('grades/60', { size: 'desk' });
    const records = page.locator('[data-grade]');
    const before = await records.count();
    await page.getByRole('button', { name: '登记等级' }).click();
    await page.getByLabel('评定日期').fill('2021-05-01');
    await page.getByLabel('证书编号').fill('豫旅 2026-7');
    await send(page);
    assert.match(await wrong(page).innerText(), /^评定日期不能/);
    await page.getByLabel('评定日期').fill('2026-05-01');
    await page.locator('dialog input[type=file]').setInputFiles({ name: 'certificate.png', mimeType: 'image/png', buffer: await page.locator('h1').screenshot() });
    await taken(page);
    await page.getByText('证书 豫旅 2026-7').waitFor();
    assert.equal(await records.count(), before + 1);
    assert.ok((await page.locator('.part').innerText()).includes('被取代'), 'the old one is replaced');
    const shown = await page.getByRole('link', { name: '照片' }).getAttribute('href');
    assert.equal((await page.request.get(`${shown}`)).headers()['content-type'], 'image/jpeg');
    await page.getByRole('button', { name: '更正 Ⅰ 类' }).click();
    await page.getByLabel('证书编号').fill('');
    await taken(page);
    assert.equal(await page.getByText('证书 豫旅').count(), 0);
    await page.getByRole('button', { name: '删除 Ⅰ 类' }).click();
    await taken(page);
    assert.equal(await records.count(), before);
    await end(/422/);
  });
});

describe('people', () => {
  test('an invitation is a code that opens the page for joining, waits in the list, and can be taken back', async () => {
    const { page, end } = await desk('people', { size: 'phone' });
    await page.getByRole('button', { name: '邀请', exact: true }).click();
    await send(page);
    assert.deepEqual(await wrong(page).allInnerTexts(), ['这里必须填写。', '这里必须填写。'], 'the name, and where');
    await page.getByLabel('姓名').fill('王大姐');
    await page.locator('dialog select[name=role]').selectOption('cleaner');
    await page.locator('dialog select[name=area]').selectOption('410308100');
    await send(page);
    const url = await scanned(page);
    assert.match(url, new RegExp(`^${demo.origin}/join#gci_[0-9a-f]{64}$`));
    await shoot(page, 'keeping-invitation-phone');
    await accessible(page);
    await page.getByRole('button', { name: '关闭' }).click();
    await page.locator('.keep-row', { hasText: '王大姐' }).waitFor();
    await page.getByRole('button', { name: '撤回 王大姐' }).click();
    await taken(page);
    await page.getByText('邀请已撤回').waitFor();
    assert.equal((await post(demo, '/invitations/accept', { invitation: url.split('#')[1], pin: '583921' })).status, 404);
    await end();
  });

  test('a lost phone is signed out, a further role that asks for a second factor comes by invitation, and a role is taken', async () => {
    const { login, password } = staffAs(demo, 'cleaner');
    const { token } = (await post(demo, '/sessions', { login, password })).body;
    const me = async () => (await fetch(`${demo.origin}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } }));
    const { name, id } = await (await me()).json();
    const { page, end } = await desk('people', { role: 'admin', size: 'phone', dark: true });
    const manage = async (/** @type {RegExp} */ what) => {
      await page.getByRole('searchbox').fill(name);
      await page.locator(`[data-person="${id}"] button`).click();
      await page.locator('dialog').getByRole('button', { name: what }).first().click();
    };
    await manage(/^退出所有登录/);
    await accessible(page);
    await taken(page);
    assert.equal((await me()).status, 401);
    await manage(/^增加角色/);
    await page.locator('dialog select[name=role]').selectOption('supervisor');
    await page.locator('dialog select[name=area]').selectOption('410308');
    await send(page);
    assert.match(await wrong(page).innerText(), /再按一次，改为发给此人一份邀请/);
    await send(page);
    assert.match(await scanned(page), /join#gci_/);
    await page.getByRole('button', { name: '关闭' }).click();
    await page.locator('.keep-row', { hasText: '重新登录' }).filter({ hasText: name }).waitFor();
    await manage(/^收回/);
    await taken(page);
    assert.equal(await page.locator(`[data-person="${id}"]`).count(), 0, 'who holds no role is no longer listed');
    await end(/422/);
  });

  test('only what a role may is shown: an auditor reads, and changes nothing', async () => {
    const admin = await asAdmin(demo);
    const { invitation } = await admin('POST', '/staff/invitations', { name: 'Auditor', role: 'auditor' });
    assert.equal((await post(demo, '/invitations/accept', { invitation, login: 'the.auditor', password: 'a long and quiet sentence' })).status, 201);
    const { page, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en' });
    await page.goto('/desk');
    await page.locator('input[name=login]').fill('the.auditor');
    await page.locator('input[name=password]').fill('a long and quiet sentence');
    await page.locator('form button[type=submit]').click();
    await page.locator('.desk-parts').waitFor();
    assert.deepEqual(await page.locator('.desk-parts a[data-part=plates], .desk-parts a[data-part=imports]').count(), 0);
    for (const part of ['outages', 'suggestions', 'grades/60', 'people', 'people/toilet/17']) {
      await page.goto(`/desk#${part}`);
      await page.locator('.desk-wait').waitFor({ state: 'detached' });
      await page.locator('.part h1').waitFor();
      const buttons = await page.locator('.part button').allTextContents();
      assert.deepEqual(buttons.filter((text) => !/^(Where else|Show \d+ more)$/.test(text)), [], part);
    }
    await end(/401/);
  });

  test('somebody is named to answer for a toilet, and is over when told', async () => {
    const { page, end } = await desk('people/custodians', { size: 'desk', language: 'en' });
    const first = page.locator('.keep-row').first();
    const name = await first.locator('strong').innerText();
    await first.getByRole('button', { name: /^Name somebody/ }).click();
    await send(page);
    assert.equal(await wrong(page).innerText(), 'This is needed.');
    await page.locator('dialog select[name=person]').selectOption({ index: 1 });
    await taken(page);
    await page.getByRole('searchbox').fill(name);
    await page.locator('.keep-found button').first().click();
    await page.getByRole('button', { name: /^End / }).first().click();
    await send(page);
    await page.getByText('Nobody answers for this toilet').or(page.getByText(/to \w+ \d+, \d{4}/)).first().waitFor();
    await end();
  });
});

/**
 * What the code on the page says.
 * @param {import('playwright-core').Page} page
 */
async function scanned(page) {
  await page.locator('.keep-qr').waitFor();
  const { side, path } = await page.locator('.keep-qr').evaluate((drawing) => ({
    side: Number(drawing.querySelector('rect')?.getAttribute('width')), path: drawing.querySelector('path')?.getAttribute('d') ?? '',
  }));
  const scale = 4;
  const [width, height] = [side * scale, side * scale];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h/g)) {
    for (let row = 0; row < scale; row += 1) {
      const from = ((Number(y) * scale + row) * width + Number(x) * scale) * 4;
      for (let column = 0; column < scale; column += 1) data.set([0, 0, 0], from + column * 4);
    }
  }
  return decodeQR({ width, height, data });
}

test('without a network it says so, keeps what was typed, and goes on from there', async () => {
  const { page, context, end } = await desk('outages/2', { size: 'phone', language: 'en' });
  await page.getByRole('button', { name: 'Close this toilet' }).click();
  await page.getByLabel('What to tell the public').fill('No water today');
  await context.setOffline(true);
  await send(page);
  await page.locator('dialog .note.bad').waitFor();
  await context.setOffline(false);
  assert.equal(await page.getByLabel('What to tell the public').inputValue(), 'No water today');
  await send(page);
  await page.getByText('is closed, and the public is told so').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: /^Reopen/ }).click();
  await taken(page);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1', 'the keyboard goes on from the heading');
  await end(/ERR_INTERNET_DISCONNECTED/);
});
