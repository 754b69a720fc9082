// The queue of whoever cleans: nothing is lost and nothing goes twice, whatever happens to the network, the page and the session.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { FLAGS, SIZES, accessible, shoot, visit } from './lib/browser.js';
import { giveRounds, joinAs, logBy, logged } from './lib/crew.js';
import { stage } from './lib/stage.js';

/** @typedef {import('playwright-core').Page} Page */

const { demo, browser } = await stage({ prepare: (made) => giveRounds(made, [17, 20]) });

/** What a browser says of requests that found no network, or no session, as the tests want it. */
const CUT = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK_CHANGED|401/;
const BATCH = '**/api/v1/cleanings/batch';

/** @param {Page} page @param {string} state */
const records = (page, state) => page.locator(`.record[data-state=${state}]`);

/** Waits until the pages lie on the device. @param {Page} page */
async function ready(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

/** What was logged at a toilet with such remarks. @param {number} toilet @param {string} remarks */
async function found(toilet, remarks) {
  return (await logged(demo, toilet)).filter((/** @type {any} */ cleaning) => cleaning.remarks === remarks);
}

/** Logs with remarks, by which it is found again. @param {Page} page @param {string} typed @param {string} remarks */
function log(page, typed, remarks) {
  return logBy(page, typed, () => page.locator('textarea[name=remarks]').fill(remarks));
}

/** A browser that keeps what it keeps in a folder. @param {string} folder */
function persistent(folder) {
  return chromium.launchPersistentContext(folder, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, baseURL: demo.origin, viewport: SIZES.phone, locale: 'zh-CN', deviceScaleFactor: 2 });
}

/** Kills that browser as an empty battery does. @param {string} folder */
async function killedIn(folder) {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`--user-data-dir=${folder}`)) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It went with another.
      }
    }
  }
}

describe('without signal', () => {
  test('a day is logged, survives reloads, and is sent when there is signal again', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '王芳');
    await page.locator('.stop').first().waitFor();
    await ready(page);
    await context.setOffline(true);
    await page.reload();
    await page.locator('.stop').first().waitFor();
    await log(page, '17', '早班');
    await records(page, 'waiting').first().waitFor();
    await page.reload();
    await records(page, 'waiting').first().waitFor();
    await page.getByText('已记录').first().waitFor();
    await log(page, 'MJ0020', '中班');
    await page.getByText('2 条等待发送').waitFor();
    await page.getByText('没有信号。有信号时自动发送。').waitFor();
    await shoot(page, 'staff-offline-phone', true);
    await accessible(page);
    assert.equal((await found(17, '早班')).length, 0);
    await context.setOffline(false);
    await records(page, 'onRecord').nth(1).waitFor();
    assert.equal(await records(page, 'waiting').count(), 0);
    const [early] = await found(17, '早班');
    const [noon] = await found(20, '中班');
    assert.equal(early.basis, 'device', 'the page was loaded anew since: its other clock began anew too');
    assert.equal(noon.basis, 'monotonic');
    await page.reload();
    await records(page, 'onRecord').nth(1).waitFor();
    await end(CUT);
  });

  test('a plate that the phone itself scanned opens the record', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { language: 'en' });
    await joinAs(page, demo, 'Li Mei');
    await page.locator('.stop').first().waitFor();
    await ready(page);
    await context.setOffline(true);
    await page.goto('/p/000000H011jGgoLffn5Fn_nyXndkzIlw');
    await page.locator('form.log h1').getByText('长华社区公厕').waitFor();
    await page.getByText('Plate scanned, to be checked').waitFor();
    await end(CUT);
  });
});

describe('whatever happens to the page', () => {
  test('reloaded while it sends, a record is on record once', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '赵云');
    /** @type {() => void} */
    let arrived = () => undefined;
    const isThere = new Promise((resolve) => { arrived = () => resolve(undefined); });
    await context.route(BATCH, async (route) => {
      await route.fetch();
      arrived();
      // The service has it; its answer never comes.
    }, { times: 1 });
    await log(page, '17', '中断');
    await records(page, 'sending').waitFor();
    await isThere;
    assert.equal((await found(17, '中断')).length, 1);
    await shoot(page, 'staff-sending-phone', true);
    await page.reload();
    await records(page, 'onRecord').waitFor();
    assert.equal((await found(17, '中断')).length, 1);
    await end(CUT);
  });

  test('killed with its browser, it leaves what was being written, and what waited', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gongce-phone-'));
    const phone = await persistent(folder);
    const page = phone.pages()[0] ?? (await phone.newPage());
    await joinAs(page, demo, '孙丽', '274916');
    await page.locator('.stop').first().waitFor();
    await ready(page);
    await phone.setOffline(true);
    await log(page, '20', '等着');
    await page.locator('.stop').first().click();
    await page.getByRole('button', { name: '深度清洁' }).click();
    await page.locator('textarea[name=remarks]').fill('写到一半');
    await page.getByRole('button', { name: '现在开始' }).click();
    await page.waitForTimeout(500);
    await killedIn(folder);

    const again = await persistent(folder);
    const other = again.pages()[0] ?? (await again.newPage());
    await other.goto('/staff');
    await other.getByRole('link', { name: '继续' }).waitFor();
    await shoot(other, 'staff-draft-phone', true);
    await other.getByRole('link', { name: '继续' }).click();
    assert.equal(await other.locator('textarea[name=remarks]').inputValue(), '写到一半');
    await other.locator('.save-bar button').click();
    await other.locator('.record').nth(1).waitFor();
    // The browser may not have written the cookie down yet when it was killed.
    const pin = other.locator('.staff-said button');
    // It took less than a minute, which is said of it.
    const taken = other.locator('.record[data-state=onRecord], .record[data-state=flagged]');
    await Promise.race([taken.nth(1).waitFor(), pin.waitFor()]);
    if (await pin.isVisible()) {
      await pin.click();
      await other.locator('dialog input[name=pin]').fill('274916');
      await other.locator('dialog button[type=submit]').click();
    }
    await taken.nth(1).waitFor();
    await other.getByText('用时很短').waitFor();
    const [half] = [...(await found(17, '写到一半')), ...(await found(20, '写到一半'))];
    assert.ok(half?.startedAt, 'when it began is known');
    assert.equal((await found(20, '等着')).length, 1);
    await again.close();
    await rm(folder, { recursive: true });
  });

  test('two tabs send what waits once, and show the same', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
    await joinAs(page, demo, '周敏');
    await ready(page);
    const other = await context.newPage();
    await other.goto('/staff');
    await other.locator('a.log-now').waitFor();
    await context.setOffline(true);
    await log(page, '17', '标签一');
    await log(other, '20', '标签二');
    await records(page, 'waiting').nth(1).waitFor();
    await context.setOffline(false);
    await Promise.all([records(page, 'onRecord').nth(1).waitFor(), records(other, 'onRecord').nth(1).waitFor()]);
    assert.deepEqual([(await found(17, '标签一')).length, (await found(20, '标签二')).length], [1, 1]);
    await end(CUT);
  });
});

describe('what the service does not take', () => {
  test('stays with its reason until it is put away', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '吴刚');
    await page.locator('.stop').first().waitFor();
    await ready(page);
    await context.setOffline(true);
    await log(page, '9999', '没有这座');
    // What reaches the service first says something else: the answer is lost, and the true record differs.
    await log(page, '17', '原话');
    await context.route(BATCH, async (route) => {
      const body = route.request().postDataJSON();
      for (const item of body.items) if (item.event.remarks === '原话') item.event.remarks = '别的话';
      await route.fetch({ postData: JSON.stringify(body) });
      await route.abort();
    }, { times: 1 });
    await context.setOffline(false);
    await page.getByRole('button', { name: '现在发送' }).click();
    await records(page, 'refused').nth(1).waitFor();
    await page.getByText('没有这座公厕。').waitFor();
    await page.getByText('内容不同').waitFor();
    await page.reload();
    await records(page, 'refused').nth(1).waitFor();
    await shoot(page, 'staff-refused-phone', true);
    await accessible(page);
    const away = page.getByRole('button', { name: '知道了，收起' });
    await away.first().click();
    await records(page, 'refused').nth(1).waitFor({ state: 'detached' });
    await away.first().click();
    await records(page, 'refused').first().waitFor({ state: 'detached' });
    await end(CUT);
  });

  test('a photo waits for signal after its record, and one that is no picture is refused at once', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '郑洁');
    await context.route('**/api/v1/photos', (route) => route.abort(), { times: 1 });
    await logBy(page, '17', async () => {
      const file = page.locator('input[type=file]');
      await file.setInputFiles({ name: 'a.jpg', mimeType: 'image/heic', buffer: Buffer.from('no picture') });
      await page.getByText('这不是能用的图片').waitFor();
      await file.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64') });
      await page.locator('.shot img').waitFor();
    });
    await page.getByText('1 张照片等待发送').waitFor();
    await records(page, 'onRecord').waitFor();
    await page.getByRole('button', { name: '现在发送' }).click();
    await page.getByText('1 张照片已入库').waitFor();
    await end(CUT);
  });
});

describe('whose queue it is', () => {
  test('a session that has ended is asked for again, and the queue is kept', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '钱多', '274916');
    await context.clearCookies();
    await log(page, '17', '过期');
    await page.getByText('1 条记录还没有发送').waitFor();
    await shoot(page, 'staff-signedout-phone', true);
    await accessible(page);
    await page.getByRole('button', { name: '登录' }).click();
    await page.locator('dialog input[name=pin]').fill('000001');
    await page.locator('dialog button[type=submit]').click();
    await page.getByText('数字不对').waitFor();
    await shoot(page, 'staff-signin-phone');
    await page.locator('dialog input[name=pin]').fill('274916');
    await page.locator('dialog button[type=submit]').click();
    await records(page, 'onRecord').waitFor();
    assert.equal((await found(17, '过期')).length, 1);
    await end(CUT);
  });

  test('it is never sent under another’s login', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await joinAs(page, demo, '甲', '274916');
    await ready(page);
    await context.setOffline(true);
    await log(page, '17', '甲的');
    await context.setOffline(false);
    await records(page, 'onRecord').waitFor();
    await context.setOffline(true);
    await log(page, '17', '甲又做的');
    // Somebody else takes the phone, with a session of their own, in another tab.
    await context.route(BATCH, (route) => route.abort());
    await context.setOffline(false);
    const other = await context.newPage();
    await joinAs(other, demo, '乙', '830275');
    await context.unroute(BATCH);
    await other.locator('.records').waitFor();
    assert.equal(await other.locator('.record').count(), 0, 'nobody sees the records of another');
    await log(other, '20', '乙的');
    await records(other, 'onRecord').waitFor();
    await page.getByText('这台手机上现在登录的是别人').waitFor();
    await shoot(page, 'staff-other-phone', true);
    assert.equal((await found(17, '甲又做的')).length, 0);
    await other.getByRole('button', { name: '我：乙' }).click();
    await other.getByRole('button', { name: '退出登录' }).click();
    await other.getByText('甲有 1 条记录等待发送').waitFor();
    await shoot(other, 'staff-welcome-phone');
    await accessible(other);
    await other.locator('select[name=who]').selectOption({ label: '甲' });
    await other.locator('input[name=pin]').fill('274916');
    await other.locator('button[type=submit]').click();
    await records(other, 'onRecord').nth(1).waitFor();
    const [first] = await found(17, '甲的');
    const [second] = await found(17, '甲又做的');
    const [theirs] = await found(20, '乙的');
    assert.equal(second.performedBy, first.performedBy);
    assert.equal(second.recordedBy, first.performedBy);
    assert.notEqual(theirs.performedBy, first.performedBy);
    await end(CUT);
  });
});
