// Those who clean, and what they are to clean: made through the interface for a demonstration without a history.

import { asAdmin } from './admin.js';

/** @typedef {import('./demo.js').Demo} Demo */

/** A name that must stay a name. */
export const HOSTILE = '<img src=x onerror="globalThis.harmed=1">公厕';

const CHECKLIST = [
  { code: 'floor', name: '地面无积水、无杂物', nameEn: 'Floor dry and clear' },
  { code: 'basin', name: '洗手台、镜面洁净', nameEn: 'Basins and mirrors clean' },
  { code: 'supplies', name: '纸、洗手液充足', nameEn: 'Paper and soap filled' },
];

/**
 * Has something due now, whatever the hour, at these toilets.
 * @param {Demo} demo
 * @param {number[]} toilets
 */
export async function giveRounds(demo, toilets) {
  const admin = await asAdmin(demo);
  const from = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
  const window = { task: 'round', everyMinutes: 60, earlyMinutes: 60, lateMinutes: 60, graceMinutes: 60, checklist: CHECKLIST };
  for (const toilet of toilets) await admin('POST', `/toilets/${toilet}/plans`, { from, windows: [window] });
}

/**
 * Gives a toilet another name.
 * @param {Demo} demo
 * @param {number} toilet
 * @param {string} name
 */
export async function rename(demo, toilet, name) {
  const admin = await asAdmin(demo);
  const { revision } = await admin('GET', `/toilets/${toilet}`);
  await admin('PATCH', `/toilets/${toilet}`, { name }, `"${revision}"`);
}

/**
 * Invites somebody.
 * @param {Demo} demo
 * @param {string} name
 * @param {string} [role]
 * @returns {Promise<string>} the invitation
 */
export async function invite(demo, name, role = 'cleaner') {
  const admin = await asAdmin(demo);
  return (await admin('POST', '/staff/invitations', { name, role, ...(role !== 'admin' && { area: '410308' }) })).invitation;
}

/**
 * What stands in the code of a toilet's plate.
 * @param {Demo} demo
 * @param {number} toilet
 * @param {'staff' | 'citizen'} [kind]
 * @returns {Promise<string>}
 */
export async function plateOf(demo, toilet, kind = 'staff') {
  const admin = await asAdmin(demo);
  const { items } = await admin('GET', `/toilets/${toilet}/plates`);
  return items.find((/** @type {any} */ plate) => plate.kind === kind).url;
}

/**
 * What is on record at a toilet, the newest first.
 * @param {Demo} demo
 * @param {number} toilet
 * @returns {Promise<any[]>}
 */
export async function logged(demo, toilet) {
  const admin = await asAdmin(demo);
  return (await admin('GET', `/cleanings?toilet=${toilet}&limit=100`)).items;
}

/**
 * Somebody who joins on this page, as they would: the link, six digits, and on to the work.
 * @param {import('playwright-core').Page} page
 * @param {Demo} demo
 * @param {string} name
 * @param {string} [pin]
 */
export async function joinAs(page, demo, name, pin = '583921') {
  await page.goto(`/join#${await invite(demo, name)}`);
  await page.locator('input[name=pin]').fill(pin);
  await page.locator('form button[type=submit]').click();
  await page.locator('a.button.main[href="/staff"]').click();
  await page.locator('a.log-now').waitFor();
}

/**
 * Logs a cleaning by the form: which toilet, what was done, and whatever else.
 * @param {import('playwright-core').Page} page on `/staff`
 * @param {string} typed the number, or what a plate says
 * @param {() => Promise<void>} [besides]
 */
export async function logBy(page, typed, besides) {
  await page.locator('a.log-now').click();
  await page.locator('input[name=plate]').fill(typed);
  await page.locator('.scan form button[type=submit]').click();
  await page.locator('form.log').waitFor();
  const choices = page.locator('form.log .choice');
  if (await page.locator('form.log .choice[aria-pressed=true]').count() === 0) await choices.first().click();
  await besides?.();
  await page.locator('form.log .save-bar button').click();
  await page.locator('a.log-now').waitFor();
}
