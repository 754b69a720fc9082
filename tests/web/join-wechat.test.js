// Joining and signing in with WeChat, within its browser; another server stands in for WeChat.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { accessible, launch, shoot, visit } from './lib/browser.js';
import { invite } from './lib/crew.js';
import { startDesk } from './lib/signin.js';

const WECHAT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.44 Language/zh_CN';

/** @type {import('./lib/demo.js').Demo} */
let demo;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startWechat>>} */
let wechat;
/** @type {string} */
let folder;

/** WeChat as it documents itself: sends the browser back with a code, and tells the service whom that means. */
async function startWechat() {
  const who = { is: 'li' };
  let number = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://wechat');
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      number += 1;
      back.searchParams.set('code', `${who.is}~${number}`);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.writeHead(302, { Location: back.href }).end();
    } else if (url.pathname === '/sns/oauth2/access_token') {
      const person = (url.searchParams.get('code') ?? '').split('~')[0];
      response.end(JSON.stringify({ access_token: 'x', openid: `openid-${person}`, scope: 'snsapi_base' }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, who, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

before(async () => {
  wechat = await startWechat();
  folder = await mkdtemp(join(tmpdir(), 'gongce-wechat-'));
  await writeFile(join(folder, 'secret'), '0123456789abcdef00112233445566cb');
  demo = await startDesk({
    GONGCE_WECHAT_ACCOUNT_APP_ID: 'wx00112233445566bb', GONGCE_WECHAT_ACCOUNT_SECRET_FILE: join(folder, 'secret'),
    GONGCE_WECHAT_BASE_URL: wechat.origin, GONGCE_WECHAT_AUTHORIZE_URL: `${wechat.origin}/authorize`,
  }, ['--history', '0']);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  await wechat?.stop();
  await rm(folder, { recursive: true });
});

describe('within WeChat', () => {
  test('a cleaner joins with one tap, and signs in with one when the session is over', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { agent: WECHAT });
    await page.goto(`/join#${await invite(demo, '王芳')}`);
    await page.getByText('在微信里一点就登录').waitFor();
    await shoot(page, 'join-wechat-phone');
    await accessible(page);
    await page.getByRole('button', { name: '用微信加入' }).click();
    await page.getByText('已加入').waitFor();
    assert.equal(new URL(page.url()).search, '', 'neither code nor state stays in the address');
    await shoot(page, 'join-wechat-done-phone');
    const session = (await context.cookies()).find(({ name }) => name === 'gongce');
    assert.deepEqual([session?.httpOnly, session?.sameSite], [true, 'Strict']);
    await page.getByRole('link', { name: '开始保洁' }).click();
    await page.locator('a.log-now').waitFor();

    await page.getByRole('button', { name: /王芳/ }).click();
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByRole('button', { name: '用微信登录' }).waitFor();
    await shoot(page, 'staff-wechat-phone');
    await accessible(page);
    await page.getByRole('button', { name: '用微信登录' }).click();
    await page.locator('a.log-now').waitFor();
    assert.equal(new URL(page.url()).search, '');
    await end(/another host/);
  });

  test('a stranger is told whom to ask, and another state is not taken', async () => {
    wechat.who.is = 'stranger';
    const { page, end } = await visit(browser, demo.origin, { agent: WECHAT, language: 'en', size: 'desk' });
    await page.goto('/staff');
    await page.getByRole('button', { name: 'Sign in with WeChat' }).click();
    await page.getByText('This WeChat has not joined').waitFor();
    await shoot(page, 'staff-wechat-stranger-desk');
    await accessible(page);
    await page.goto(`/staff?code=li~99&state=${'0'.repeat(64)}`);
    await page.getByText('did not work').waitFor();
    assert.equal(new URL(page.url()).search, '');
    await page.goto('/staff?state=x');
    await page.getByText('did not work').waitFor();
    await end(/another host|401|403/);
  });
});

test('elsewhere six digits are the way, and nothing is said of WeChat', async () => {
  const { page, end } = await visit(browser, demo.origin);
  await page.goto(`/join#${await invite(demo, '李梅')}`);
  await page.locator('input[name=pin]').waitFor();
  assert.equal(await page.getByText('微信').count(), 0);
  await page.goto('/staff');
  await page.locator('input[name=login]').waitFor();
  assert.equal(await page.getByText('微信').count(), 0);
  await end(/401/);
});
