// The desk's frame, as supervisors, administrators and those who have no business there meet it; and the day, live.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { asAdmin } from './lib/admin.js';
import { HOSTILE, rename } from './lib/crew.js';
import { freshCode, signedIn, staffAs } from './lib/signin.js';
import { stage } from './lib/stage.js';

/** Of the county town, where the demonstration's cleaner works. */
const TOILET = 17;

const { demo, browser } = await stage({
  prepare: async (made) => {
    await rename(made, TOILET, HOSTILE);
    await giveOne(made, [TOILET, 18]);
  },
});

/**
 * Has one thing due today at these toilets, which can be done at any hour.
 * @param {import('./lib/demo.js').Demo} at
 * @param {number[]} toilets
 */
async function giveOne(at, toilets) {
  const ask = await asAdmin(at);
  const from = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
  const window = { task: 'round', at: ['23:59'], earlyMinutes: 1440, lateMinutes: 60, graceMinutes: 60 };
  for (const toilet of toilets) await ask('POST', `/toilets/${toilet}/plans`, { from, windows: [window] });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} role
 * @param {{password?: string, code?: string}} [instead]
 */
async function fillIn(page, role, instead = {}) {
  const { login, password, secret } = staffAs(demo, role);
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(instead.password ?? password);
  await page.locator('input[name=code]').fill(instead.code ?? (secret ? await freshCode(secret) : ''));
  await page.locator('form button[type=submit]').click();
}

/** A UUID of version 7, as phones make them. */
function newId() {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/**
 * Logs a cleaning as the demonstration's cleaner, as her phone does.
 * @param {number} toilet
 */
async function clean(toilet) {
  const { login, password } = staffAs(demo, 'cleaner');
  const send = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body, headers = {}) => {
    const response = await fetch(`${demo.origin}/api/v1${path}`, { method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
    assert.ok(response.ok, await response.clone().text());
    return response.json();
  };
  const { token } = await send('POST', '/sessions', { login, password });
  const now = new Date().toISOString();
  await send('PUT', `/cleanings/${newId()}`, { event: { toilet, finishedAt: now, tasks: ['round'] } }, { Authorization: `Bearer ${token}` });
}

describe('signing in', () => {
  test('says what was wrong, then opens the day; signing out closes it', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await page.goto('/desk');
    await page.locator('input[name=login]').waitFor();
    await shoot(page, 'desk-signin-phone');
    await accessible(page);
    await fillIn(page, 'supervisor', { password: 'not the password', code: '000000' });
    await page.getByText('用户名、密码或动态验证码不对').waitFor();
    assert.equal(await page.locator('input[name=login]').inputValue(), staffAs(demo, 'supervisor').login, 'nothing that was typed is lost');
    await fillIn(page, 'supervisor');
    await page.getByRole('heading', { level: 1, name: '今天' }).waitFor();
    assert.equal(new URL(page.url()).hash, '#today');
    assert.deepEqual((await context.cookies()).map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })), [{ httpOnly: true, sameSite: 'Strict' }]);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: '今天' }).waitFor();
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    assert.deepEqual(await context.cookies(), []);
    await end(/401/);
  });

  test('each role is shown its parts', async () => {
    for (const [role, has, hasNot] of /** @type {const} */ ([['supervisor', 'plates', 'imports'], ['admin', 'imports', 'nothing']])) {
      const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
      await signedIn(context, demo, role);
      await page.goto('/desk');
      await page.locator(`nav [data-part=${has}]`).waitFor();
      assert.equal(await page.locator(`nav [data-part=${hasNot}]`).count(), 0, `${role} is not shown ${hasNot}`);
      await page.getByText('实时', { exact: true }).waitFor();
      await end();
    }
  });

  test('a cleaner is told where her page is', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { language: 'en' });
    await signedIn(context, demo, 'cleaner');
    await page.goto('/desk#imports');
    await page.getByRole('link', { name: 'To the cleaners’ page' }).waitFor();
    assert.equal(await page.locator('nav.desk-parts').count(), 0);
    await end();
  });

  test('a session that ended asks again, over what is open, and goes on', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
    await signedIn(context, demo, 'admin');
    await page.goto('/desk#plans/template');
    await page.locator('input[name=name]').fill('夜间');
    await context.clearCookies();
    await page.getByRole('button', { name: '保存模板' }).click();
    await page.getByRole('heading', { name: '请重新登录' }).waitFor();
    await shoot(page, 'desk-again-desk');
    assert.equal(await page.locator('input[name=name]').inputValue(), '夜间');
    const { login, password, secret } = staffAs(demo, 'admin');
    await page.locator('dialog input[name=login]').fill(login);
    await page.locator('dialog input[name=password]').fill(password);
    await page.locator('dialog input[name=code]').fill(await freshCode(secret));
    await page.locator('dialog button[type=submit]').click();
    await page.getByRole('heading', { name: '套用：夜间' }).waitFor();
    await end(/401/);
  });
});

describe('the day, live', () => {
  test('what a cleaner logs shows at once, and a name stays a name', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
    await signedIn(context, demo, 'supervisor');
    await page.goto('/desk');
    await page.getByText('实时', { exact: true }).waitFor();
    await page.locator('.tile[data-state=due]').click();
    const row = page.locator(`[data-list=due] [data-toilet="${TOILET}"]`);
    await row.waitFor();
    assert.ok((await row.innerText()).includes(HOSTILE));
    await row.click();
    await page.locator('dialog .slots li').first().waitFor();
    assert.equal(await page.locator('dialog h2').innerText(), HOSTILE);
    await accessible(page);
    await page.keyboard.press('Escape');
    await clean(TOILET);
    await row.waitFor({ state: 'detached' });
    await page.locator(`[data-list=due] [data-toilet="18"]`).waitFor();
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
    await end();
  });

  test('an excuse is asked for by one and decided by another', async () => {
    const asking = await visit(browser, demo.origin);
    await signedIn(asking.context, demo, 'supervisor');
    await asking.page.goto('/desk');
    await asking.page.locator('.tile[data-state=due]').click();
    await asking.page.locator('[data-list=due] [data-toilet="18"]').click();
    await asking.page.getByRole('button', { name: '申请免责' }).click();
    await asking.page.locator('dialog select[name=reason]').selectOption('water');
    await shoot(asking.page, 'desk-excuse-phone');
    await accessible(asking.page);
    await asking.page.getByRole('button', { name: '提交申请' }).click();
    await asking.page.getByText('等另一位主管批准').waitFor();
    await asking.page.reload();
    await asking.page.getByText('须由别人批准').waitFor();
    assert.equal(await asking.page.locator('[data-excuse] button').count(), 0, 'nobody decides their own');
    await asking.end();

    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en' });
    await signedIn(context, demo, 'admin');
    await page.goto('/desk');
    await page.locator('[data-excuse]').getByRole('button', { name: /^Approve/ }).click();
    await shoot(page, 'desk-excuse-desk');
    await page.locator('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.locator('[data-excuse]').waitFor({ state: 'detached' });
    const { items } = await (await asAdmin(demo))('GET', '/excuses?state=approved');
    assert.deepEqual(items.map((/** @type {any} */ { toilet, reason }) => [toilet, reason]), [[18, 'water']]);
    await end();
  });

  test('says when nobody tells what happens any more, and takes it up again', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await signedIn(context, demo, 'supervisor');
    await page.route('**/api/v1/events?*', (route) => route.abort());
    await page.goto('/desk');
    await page.getByText('实时连接中断').waitFor();
    await shoot(page, 'desk-broken-phone');
    await page.unroute('**/api/v1/events?*');
    await page.getByText('实时', { exact: true }).waitFor();
    await context.setOffline(true);
    await page.getByText('实时连接中断').waitFor();
    await context.setOffline(false);
    await page.getByText('实时', { exact: true }).waitFor();
    await end(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  });
});
