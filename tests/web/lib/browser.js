// A browser as its user has it, watched: whatever it complains of, and whatever it asks of another host, fails the test.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

/** Where screenshots are left to be looked at. */
export const SHOTS = fileURLToPath(new URL('../../../target/web-screenshots', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The sizes at which every page is shown. */
export const SIZES = {
  phone: { width: 375, height: 812 },
  desk: { width: 1280, height: 800 },
};

/** In the middle of the demonstration's county town, 300 m from toilet 17. */
export const HERE = { latitude: 34.8290, longitude: 112.4380, accuracy: 20 };

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts Chromium: Debian's, or the one that CHROMIUM names. */
export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/**
 * @typedef {object} Visit
 * @property {import('playwright-core').Page} page
 * @property {import('playwright-core').BrowserContext} context
 * @property {string[]} complaints what went wrong so far
 * @property {(expected?: RegExp) => Promise<void>} end closes it, and fails if there were complaints but those expected
 */

/**
 * Opens a browser window of its own.
 * @param {import('playwright-core').Browser} browser
 * @param {string} origin
 * @param {{size?: keyof typeof SIZES, language?: string, position?: typeof HERE | null, dark?: boolean, agent?: string}} [as] no position: refused
 * @returns {Promise<Visit>}
 */
export async function visit(browser, origin, { size = 'phone', language = 'zh-CN', position = HERE, dark = false, agent = '' } = {}) {
  const context = await browser.newContext({
    baseURL: origin, viewport: SIZES[size], locale: language, timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: size === 'phone' ? 2 : 1, hasTouch: size === 'phone',
    ...(agent && { userAgent: agent }),
    ...(position && { geolocation: position, permissions: ['geolocation'] }),
  });
  if (!position) await context.clearPermissions();
  const page = await context.newPage();
  const complaints = watch(page, origin);
  const end = async (/** @type {RegExp | undefined} */ expected) => {
    await context.close();
    const unexpected = complaints.filter((complaint) => !expected?.test(complaint));
    assert.deepEqual(unexpected, []);
  };
  return { page, context, complaints, end };
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} origin
 */
function watch(page, origin) {
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) complaints.push(`another host: ${url}`);
  });
  return complaints;
}

/**
 * Fails on whatever axe finds that is serious.
 * @param {import('playwright-core').Page} page
 */
export async function accessible(page) {
  // Evaluated by the debugger, which the policy of the page does not concern.
  await page.evaluate(await (await import('node:fs/promises')).readFile(AXE, 'utf8'));
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] });
    return violations.map((/** @type {any} */ { id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`) }));
  });
  assert.deepEqual(found.filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical'), []);
}

/**
 * Keeps a picture of the page.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {boolean} [whole] all of it, not only what is in sight
 */
export async function shoot(page, name, whole = false) {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: whole });
}
