// The desk of those who look and do not decide: inspectors of a county, and auditors. What they are shown works for them, and
// nothing that they may not do is offered. A request that the service refuses fails the test.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { HOSTILE, giveRounds, invite, rename } from './lib/crew.js';
import { asAdmin } from './lib/admin.js';
import { stage } from './lib/stage.js';

/** @typedef {import('./lib/demo.js').Demo} Demo */

const PASSWORD = 'a long and quiet sentence';
const TOILET = 17;

const { demo, browser } = await stage({ history: 2, prepare });

/** @param {Demo} demo */
async function prepare(demo) {
  await rename(demo, TOILET, HOSTILE);
  await giveRounds(demo, [TOILET]);
  const ask = await asAdmin(demo);
  const { revision } = await ask('GET', `/toilets/${TOILET}`);
  await ask('PATCH', `/toilets/${TOILET}`, { nameEn: HOSTILE }, `"${revision}"`);
  await ask('POST', `/toilets/${TOILET}/outages`, { reason: 'water' });
  await ask('POST', '/exceptions', { over: { area: '410308' }, from: '2031-01-01', to: '2031-01-02', effect: 'closed', reason: '演练' });
  await ask('POST', '/suggestions', { kind: 'wrong', toilet: TOILET, facts: { hours: '24/7' } });
  for (const role of ['inspector', 'auditor']) await join(demo, role);
}

/**
 * Somebody joins.
 * @param {Demo} demo
 * @param {string} role
 */
async function join(demo, role) {
  const body = { invitation: await invite(demo, role, role), login: `the.${role}`, password: PASSWORD };
  const response = await fetch(`${demo.origin}/api/v1/invitations/accept`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.equal(response.status, 201, await response.text());
}

/**
 * Signs in by the form, which needs no second factor.
 * @param {import('playwright-core').Page} page
 * @param {string} role
 */
async function signIn(page, role) {
  await page.goto('/desk');
  await page.locator('input[name=login]').fill(`the.${role}`);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form button[type=submit]').click();
  await page.locator('.desk-parts').waitFor();
}

/**
 * Opens a part and waits until it stands.
 * @param {import('playwright-core').Page} page
 * @param {string} part
 */
async function opened(page, part) {
  await page.goto(`/desk#${part}`);
  await page.locator('.desk-wait').waitFor({ state: 'detached' });
  await page.locator('.part h1').waitFor();
  await page.waitForFunction(() => !/正在载入|Loading/.test(document.querySelector('.part')?.textContent ?? ''));
  assert.equal(await page.locator('.part .note.bad').count(), 0, `${part} says that something went wrong`);
}

/** What nobody is offered who only looks: what makes, changes, takes back, decides or invites. */
const DOING = /^(新建|套用|复制|撤回|改这座|停用|重新开放|改期|同意|不同意|采纳|不采纳|登记|更正|删除|邀请|收回|指定|管理|申请|New |Put on|Copy|Take |Change|Close |Reopen|Agree|Turn down|Record|Correct|Withdraw|Invite|Manage|Name |End$|Ask for)/;

/** @param {import('playwright-core').Page} page the words on whatever can be pressed in the part */
async function offered(page) {
  const words = await page.locator('.part button, .part a.button, .part a.plain').allInnerTexts();
  return words.filter((text) => DOING.test(text.trim()));
}

/** @type {[role: string, parts: string[], not: string[], as: Parameters<typeof visit>[2]][]} */
const ROLES = [
  ['inspector', ['today', 'figures', 'plans', 'outages', 'suggestions', 'grades', 'layout'], ['people', 'imports', 'plates'], { size: 'phone' }],
  ['auditor', ['today', 'figures', 'plans', 'outages', 'suggestions', 'grades', 'people', 'layout'], ['imports', 'plates'], { size: 'desk', language: 'en', dark: true }],
];

for (const [role, parts, not, as] of ROLES) {
  describe(`an ${role}`, () => {
    test('is shown the parts that are theirs, each works, and none offers what they may not do', async () => {
      const { page, end } = await visit(browser, demo.origin, as);
      await signIn(page, role);
      assert.deepEqual(await page.locator('.desk-parts a').evaluateAll((all) => all.map((one) => one.getAttribute('data-part'))), parts);
      for (const part of [...parts, `plans/toilet/${TOILET}`, `outages/${TOILET}`, `grades/${TOILET}`]) {
        await opened(page, part);
        assert.deepEqual(await offered(page), [], `${part} offers what an ${role} may not do`);
        await shoot(page, `desk-${role}-${part.replaceAll('/', '-')}`);
        await accessible(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${part} is too wide`);
      }
      assert.ok((await page.locator('.part').innerText()).includes(HOSTILE));
      // By the address alone one does not come into the others.
      for (const part of not) {
        await page.goto(`/desk#${part}`);
        await page.waitForFunction(() => location.hash === '#today');
      }
      assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
      await end(/401/);
    });

    test('sees the day, live, down to one toilet', async () => {
      const { page, end } = await visit(browser, demo.origin, as);
      await signIn(page, role);
      await page.getByText(as?.language === 'en' ? 'Live' : '实时', { exact: true }).waitFor();
      await page.locator('.tile[data-state=closed]').click();
      await page.locator(`[data-list=closed] [data-toilet="${TOILET}"]`).click();
      await page.locator('dialog .slots li').first().waitFor();
      assert.equal(await page.locator('dialog h2').innerText(), HOSTILE);
      assert.equal(await page.locator('dialog a[href^="#outages"]').count(), 0, 'closing is for others');
      assert.equal(await page.locator('dialog').getByRole('button', { name: /申请免责|Ask for an excuse/ }).count(), 0);
      assert.equal(await page.locator(`dialog a[href="#plans/toilet/${TOILET}"]`).count(), 1, 'the plan may be read');
      assert.equal(await page.locator('[data-excuse]').count(), 0);
      await shoot(page, `desk-${role}-toilet`);
      await end(/401/);
    });
  });
}
