// Joining by an invitation, and what a scanned plate opens.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { invite, joinAs, plateOf, rename, HOSTILE } from './lib/crew.js';
import { stage } from './lib/stage.js';

const { demo, browser } = await stage();

describe('joining', () => {
  test('a cleaner joins with six digits and is at work at once', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await page.goto(`/join#${await invite(demo, '王芳')}`);
    await page.getByText('我是保洁人员').waitFor();
    assert.equal(new URL(page.url()).hash, '', 'the invitation stays in no history');
    await shoot(page, 'join-phone');
    await accessible(page);
    await page.locator('input[name=pin]').fill('123456');
    await page.getByRole('button', { name: '加入' }).click();
    await page.getByText('太简单').waitFor();
    await page.locator('input[name=pin]').fill('583921');
    await page.getByRole('button', { name: '加入' }).click();
    await page.getByRole('link', { name: '开始保洁' }).click();
    await page.getByText('记录保洁').first().waitFor();
    assert.deepEqual((await context.cookies()).map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })), [{ httpOnly: true, sameSite: 'Strict' }]);
    assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes('583921'), 'the digits are kept nowhere');
    await end(/422/);
  });

  test('the first administrator pastes the invitation, sees the second factor as a code, and once', async () => {
    const { page, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en' });
    const invitation = await invite(demo, 'Admin', 'admin');
    await page.goto('/join');
    await page.locator('input[name=invitation]').fill(invitation);
    await page.locator('input[name=pin]').fill('583921');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('takes a name and a password').waitFor();
    await page.getByText('I work at a desk', { exact: true }).click();
    await page.locator('input[name=login]').fill('first.admin');
    await page.locator('input[name=password]').fill('a long and quiet sentence');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.locator('.secret').waitFor();
    assert.match((await page.locator('.secret').textContent()) ?? '', /^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/);
    await page.locator('svg.code').waitFor();
    await shoot(page, 'join-factor-desk');
    await accessible(page);
    await page.goto(`/join#${invitation}`);
    await page.getByText('I work at a desk', { exact: true }).click();
    await page.locator('input[name=login]').fill('second.admin');
    await page.locator('input[name=password]').fill('a long and quiet sentence');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('This invitation was used').waitFor();
    await end(/422|404/);
  });
});

describe('a scanned plate', () => {
  test('of the public opens the toilet', async () => {
    const { page, end } = await visit(browser, demo.origin);
    await page.goto(new URL(await plateOf(demo, 17, 'citizen')).pathname);
    await page.waitForURL('**/toilets/17');
    await page.locator('h1').waitFor();
    await end();
  });

  test('of the cleaners opens the record for who is signed in, and says what it is to others', async () => {
    await rename(demo, 18, HOSTILE);
    const path = new URL(await plateOf(demo, 18)).pathname;
    const { page, end } = await visit(browser, demo.origin);
    await page.goto(path);
    await page.getByText('这是保洁人员的牌子').waitFor();
    assert.equal(await page.getByRole('link', { name: '看这座公厕' }).getAttribute('href'), '/toilets/18');
    await shoot(page, 'plate-staff-stranger-phone');
    await accessible(page);
    await joinAs(page, demo, '李梅');
    await page.goto(path);
    await page.locator('form.log h1').getByText(HOSTILE).waitFor();
    await page.getByText('已扫保洁牌').waitFor();
    assert.equal(new URL(page.url()).pathname, '/staff', 'the token stands in no address any more');
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
    await end(/401/);
  });

  test('that does not count says so', async () => {
    const { page, end } = await visit(browser, demo.origin, { language: 'en' });
    await page.goto('/p/000000H011jGgoLffn5Fn_nyXndkzIlx');
    await page.getByText('This plate does not count').waitFor();
    await shoot(page, 'plate-unknown-phone');
    await accessible(page);
    await end(/404/);
  });
});
