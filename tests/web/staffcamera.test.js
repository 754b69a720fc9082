// The camera reads a plate: the browser is shown a film, of a code that is none and then of one.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { chromium } from 'playwright-core';

import { FLAGS, accessible, shoot, visit } from './lib/browser.js';
import { joinAs, plateOf } from './lib/crew.js';
import { stage } from './lib/stage.js';
import encode from '../../web/vendor/qr/index.js';

const [WIDTH, HEIGHT] = [640, 480];

const folder = await mkdtemp(join(tmpdir(), 'gongce-film-'));
after(() => rm(folder, { recursive: true }));
const film = join(folder, 'plate.y4m');
const { demo, browser } = await stage({
  prepare: async (made) => writeFile(film, filmOf('https://pay.example/17', await plateOf(made, 17))),
  open: () => chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...FLAGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`],
  }),
});

/** A film of these texts as codes, two seconds each, over and over. @param {...string} texts */
function filmOf(...texts) {
  const frames = texts.flatMap((text) => Array.from({ length: 20 }, () => frameOf(text)));
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...frames]);
}

/** Grey, with the code of a text in the middle. @param {string} text */
function frameOf(text) {
  const scale = 8;
  const rows = encode(text, 'raw', { border: 4 });
  const luma = Buffer.alloc(WIDTH * HEIGHT, 150);
  const [left, top] = [Math.floor((WIDTH - rows.length * scale) / 2), Math.floor((HEIGHT - rows.length * scale) / 2)];
  rows.forEach((row, y) => row.forEach((dark, x) => {
    for (let line = 0; line < scale; line += 1) {
      const at = (top + y * scale + line) * WIDTH + left + x * scale;
      luma.fill(dark ? 25 : 235, at, at + scale);
    }
  }));
  return Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
}

test('the camera is opened, reads the plate of those who clean and no other, and is closed', async () => {
  const { page, context, end } = await visit(browser, demo.origin);
  await context.grantPermissions(['camera', 'geolocation']);
  await joinAs(page, demo, '王芳');
  await page.locator('a.log-now').click();
  await page.getByText('这不是保洁牌的二维码').waitFor();
  await shoot(page, 'staff-scan-phone');
  await accessible(page);
  await page.locator('form.log h1').getByText('长华社区公厕').waitFor();
  await page.getByText('已扫保洁牌').waitFor();
  assert.equal(await page.locator('video').count(), 0);
  await end();
});

test('without a camera the number can be typed', async () => {
  const { page, end } = await visit(browser, demo.origin, { language: 'en', size: 'desk' });
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await joinAs(page, demo, 'Li Mei');
  await page.locator('a.log-now').click();
  await page.getByText('The camera is not allowed').waitFor();
  await shoot(page, 'staff-scan-desk');
  await page.locator('input[name=plate]').fill('no such toilet');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('There is no such toilet').waitFor();
  await page.locator('input[name=plate]').fill('社区');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Which one?').waitFor();
  await page.locator('.scan .places button').first().click();
  await page.locator('form.log h1').waitFor();
  await end();
});
