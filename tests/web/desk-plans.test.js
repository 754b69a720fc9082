// Plans at the desk: a template is written, put on toilets and seen in their slots; one toilet's own plan; exceptions.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { accessible, shoot, visit } from './lib/browser.js';
import { asAdmin } from './lib/admin.js';
import { HOSTILE, rename } from './lib/crew.js';
import { freshCode, signedIn, staffAs } from './lib/signin.js';
import { stage } from './lib/stage.js';

const { demo, browser, ask } = await stage({
  prepare: async (made) => {
    await rename(made, 17, HOSTILE);
    return { ask: await asAdmin(made) };
  },
});

const TOMORROW = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(Date.now() + 86400000));

/** @param {number} toilet */
async function timesOf(toilet) {
  const { items } = await ask('GET', `/toilets/${toilet}/slots?from=${TOMORROW}&to=${TOMORROW}`);
  return items.map((/** @type {any} */ { time, task, state }) => `${time} ${task} ${state}`);
}

describe('templates', () => {
  test('one is written, what is wrong is said where it is, and it is put on the toilets that are ticked', async () => {
    const { page, context, end } = await visit(browser, demo.origin);
    await signedIn(context, demo, 'supervisor');
    await page.goto('/desk#plans');
    await page.getByRole('link', { name: '新建模板' }).click();
    await page.locator('input[name=name]').fill('早晚各一次');
    const line = page.locator('fieldset.window').first();
    await line.locator('select[name=task]').selectOption('thorough');
    await line.locator('select[name=times]').selectOption('at');
    await line.locator('[data-name=at] input').fill('7点');
    await page.getByRole('button', { name: '保存模板' }).click();
    await line.locator('[data-name=at] .wrong:visible').waitFor();
    await line.locator('[data-name=at] input').fill('7:00，19：30');
    await line.getByText('检查项').click();
    await line.locator('textarea').fill('地面\n洗手台');
    await page.getByRole('button', { name: '加一项安排' }).click();
    const other = page.locator('fieldset.window').nth(1);
    await other.locator('[data-name=everyMinutes] input').fill('4');
    await shoot(page, 'desk-template-phone', true);
    await accessible(page);
    await page.getByRole('button', { name: '保存模板' }).click();
    await page.getByRole('heading', { name: '套用：早晚各一次' }).waitFor();
    assert.ok((await page.locator('.plan-lines').first().innerText()).includes('07:00、19:30'), 'the service says it in a sentence');

    await page.getByRole('button', { name: '套用到勾选的公厕' }).click();
    await page.getByText('请先勾选公厕').waitFor();
    await page.locator('select[name=area]').selectOption('410308100');
    await page.getByText(/已勾选 (\d+)\/\1 座/).waitFor();
    assert.ok((await page.locator('.ticks').innerText()).includes(HOSTILE));
    await page.getByRole('button', { name: '全不选' }).click();
    for (const id of [17, 18]) await page.locator(`.ticks input[value="${id}"]`).check();
    await page.getByRole('button', { name: '预览第一天的时段' }).click();
    await page.getByRole('heading', { name: `${TOMORROW} 的时段` }).waitFor();
    const previewed = await page.locator('.plan-preview .slots li').count();
    await shoot(page, 'desk-apply-phone', true);
    await accessible(page);
    await page.getByRole('button', { name: '套用到勾选的公厕' }).click();
    await page.getByText(`2 座公厕从 ${TOMORROW} 起`).waitFor();
    await page.locator('.slots li').first().waitFor();
    assert.equal(await page.locator('.slots li').count(), (await timesOf(17)).length);
    assert.equal(previewed, (await timesOf(17)).length, 'what was shown before is what is due');
    assert.deepEqual(await timesOf(18), ['07:00 thorough planned', '08:00 round planned', '12:00 round planned', '16:00 round planned', '19:30 thorough planned', '20:00 round planned']);
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).harmed), undefined);
    await end(/422/);
  });

  test('where the service wants a proof, it is asked for and the step goes on', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en' });
    await signedIn(context, demo, 'supervisor');
    await page.goto('/desk#plans/template');
    await page.locator('input[name=name]').fill('Once a day');
    // No plan asks for a proof; a service that does so once stands for what does.
    const problem = { title: 'Prove who you are first', code: 'stepUpNeeded', status: 403, errors: [] };
    await page.route('**/api/v1/plan-templates', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) }), { times: 1 });
    await page.getByRole('button', { name: 'Save the template' }).click();
    await page.getByRole('heading', { name: 'Is it you?' }).waitFor();
    await page.locator('dialog input[name=code]').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The code is not right').waitFor();
    await shoot(page, 'desk-proof-desk');
    await accessible(page);
    await page.locator('dialog input[name=code]').fill(await freshCode(staffAs(demo, 'supervisor').secret));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Put on toilets: Once a day' }).waitFor();
    await end(/401|403/);
  });
});

describe('exceptions for many', () => {
  /** Has a template of these times put on toilets; answers its id. */
  async function planned(/** @type {string} */ name, /** @type {number[]} */ toilets) {
    const windows = [{ task: 'round', at: ['08:00', '12:00', '16:00'], earlyMinutes: 60, lateMinutes: 30, graceMinutes: 30 }];
    const { id } = await ask('POST', '/plan-templates', { name, windows });
    await ask('POST', '/plans/apply', { template: id, toilets });
    return id;
  }

  test('over a template: what would change is shown before it is made, and is what changes', async () => {
    const template = await planned('一日三次', [30, 31]);
    const { page, context, end } = await visit(browser, demo.origin);
    await signedIn(context, demo, 'admin');
    await page.goto('/desk#plans/exception');
    await page.locator('select[name=over]').selectOption('template');
    await page.locator('select[name=template]').selectOption(String(template));
    await page.locator('select[name=effect]').selectOption('instead');
    const line = page.locator('fieldset.window').first();
    await line.locator('select[name=times]').selectOption('at');
    await line.locator('[data-name=at] input').fill('10:00');
    await page.getByRole('button', { name: '看看会改变什么' }).click();
    await page.locator('[data-field=to] .wrong:visible').waitFor();
    await page.locator('input[name=from]').fill(TOMORROW);
    await page.locator('input[name=to]').fill(TOMORROW);
    await page.getByRole('button', { name: '看看会改变什么' }).click();
    await page.getByText('2 座有计划的公厕中 2 座有变化，取消 6 个时段，增加 2 个').waitFor();
    assert.equal(await page.locator('[data-field=to] .wrong:visible').count(), 0, 'what was wrong is not said any more');
    assert.equal(await page.locator('.plan-preview .slots li').count(), 4, 'three that are cancelled and one that is not');
    assert.deepEqual(await timesOf(30), ['08:00 round planned', '12:00 round planned', '16:00 round planned'], 'nothing is kept');
    await page.getByText('有变化的 2 座').click();
    await shoot(page, 'desk-exception-preview-phone', true);
    await accessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.locator('input[name=reason]').fill('庙会');
    await page.getByRole('button', { name: '保存例外' }).click();
    const row = page.locator('[data-exception]', { hasText: '庙会' });
    await row.waitFor();
    assert.ok((await row.innerText()).includes('模板：一日三次'));
    assert.deepEqual(await timesOf(31), ['08:00 round cancelled', '10:00 round planned', '12:00 round cancelled', '16:00 round cancelled']);
    await row.getByRole('button', { name: '撤回' }).click();
    await page.locator('dialog').getByRole('button', { name: '撤回' }).click();
    await row.getByRole('button', { name: '撤回' }).waitFor({ state: 'detached' });
    await end(/422/);
  });

  test('over the toilets of a body, in English; a change of the form forgets what was shown', async () => {
    await planned('Thrice a day', [32]);
    const { operator } = await ask('GET', '/toilets/32');
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk', language: 'en', dark: true });
    await signedIn(context, demo, 'admin');
    await page.goto('/desk#plans/exception');
    await page.locator('select[name=over]').selectOption('operator');
    await page.locator('select[name=operator]').selectOption(String(operator.id));
    await page.locator('input[name=from]').fill(TOMORROW);
    await page.locator('input[name=to]').fill(TOMORROW);
    await page.getByRole('button', { name: 'See what it would change' }).click();
    await page.getByText(/toilets with a plan \d+ change/).waitFor();
    await shoot(page, 'desk-exception-preview-desk', true);
    await accessible(page);
    await page.locator('input[name=reason]').fill('Fair');
    await page.getByText(/toilets with a plan \d+ change/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save the exception' }).click();
    const row = page.locator('[data-exception]', { hasText: 'Fair' });
    await row.waitFor();
    assert.ok((await row.innerText()).includes(operator.name));
    assert.ok((await timesOf(32)).every((/** @type {string} */ slot) => slot.endsWith('cancelled')));
    await row.getByRole('button', { name: 'Take back' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Take back' }).click();
    await row.getByRole('button', { name: 'Take back' }).waitFor({ state: 'detached' });
    assert.ok((await timesOf(32)).every((/** @type {string} */ slot) => slot.endsWith('planned')));
    await end();
  });

  test('for those who answer for a county, it is for an area or a toilet', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
    await signedIn(context, demo, 'supervisor');
    await page.goto('/desk#plans/exception');
    await page.locator('select[name=over]').waitFor();
    assert.deepEqual(await page.locator('select[name=over] option').allInnerTexts(), ['一个区域', '一座公厕']);
    await page.locator('select[name=over]').selectOption('toilet');
    await page.getByRole('button', { name: '看看会改变什么' }).click();
    await page.locator('.plan-preview').getByText('请在下面查找并选择公厕').waitFor();
    await end();
  });
});

describe('one toilet', () => {
  test('gets a plan of its own, and an exception that is taken back', async () => {
    const { page, context, end } = await visit(browser, demo.origin, { size: 'desk' });
    await signedIn(context, demo, 'supervisor');
    await page.goto('/desk#plans/toilet/20');
    await page.getByRole('link', { name: '改这座的计划' }).click();
    const line = page.locator('fieldset.window').first();
    await line.locator('select[name=days]').selectOption('week');
    for (const day of ['周一', '周二', '周三', '周四', '周五', '周六', '周日']) await line.getByRole('checkbox', { name: day }).check();
    await line.locator('[data-name=everyMinutes] input').fill('6');
    await shoot(page, 'desk-plan-desk');
    await accessible(page);
    await page.getByRole('button', { name: '保存计划' }).click();
    await page.getByText('第 1 版 · 将生效').waitFor();
    assert.deepEqual(await timesOf(20), ['08:00 round planned', '14:00 round planned', '20:00 round planned']);
    await page.locator('.slots li').nth(2).waitFor();
    await shoot(page, 'desk-toilet-plan-desk');

    await page.getByRole('link', { name: '新建例外' }).click();
    await page.locator('input[name=reason]').fill('停水');
    await page.getByRole('button', { name: '保存例外' }).click();
    await page.locator('[data-field=to] .wrong:visible').waitFor();
    await page.locator('input[name=from]').fill(TOMORROW);
    await page.locator('input[name=to]').fill(TOMORROW);
    await shoot(page, 'desk-exception-desk');
    await page.getByRole('button', { name: '保存例外' }).click();
    const row = page.locator('[data-exception]', { hasText: '停水' });
    await row.waitFor();
    assert.deepEqual([...new Set((await timesOf(20)).map((/** @type {string} */ slot) => slot.split(' ')[2]))], ['cancelled']);
    await row.getByRole('button', { name: '撤回' }).click();
    await page.locator('dialog').getByRole('button', { name: '撤回' }).click();
    await row.getByRole('button', { name: '撤回' }).waitFor({ state: 'detached' });
    assert.ok((await timesOf(20)).every((/** @type {string} */ slot) => slot.endsWith('planned')));
    await end(/422/);
  });
});
