// What most files of tests stand on: the demonstration and a browser, made before their tests and gone after them.

import { after } from 'node:test';

import { launch } from './browser.js';
import { startDesk } from './signin.js';

/** @typedef {import('./demo.js').Demo} Demo */
/** @typedef {import('playwright-core').Browser} Browser */

/**
 * Sets it up, for the whole file: `const { demo, browser } = await stage({ history: 3 })`.
 * @template {object} [T={}]
 * @param {object} [of]
 * @param {number} [of.history] days that the demonstration looks back on
 * @param {Record<string, string>} [of.settings] of the program
 * @param {typeof startDesk} [of.start] `startDemo` for pages at which nobody signs in
 * @param {(demo: Demo) => Promise<T | void>} [of.prepare] what else is to be there; what it answers is answered with the rest
 * @param {() => Promise<Browser>} [of.open] a browser unlike the others
 * @returns {Promise<{demo: Demo, browser: Browser} & T>}
 */
export async function stage({ history = 0, settings = {}, start = startDesk, prepare, open = launch } = {}) {
  /** @type {(() => Promise<unknown>)[]} */
  const ends = [];
  const end = async () => {
    for (const one of ends.splice(0).reverse()) await one();
  };
  after(end);
  try {
    const demo = await start(settings, ['--history', String(history)]);
    ends.push(demo.stop);
    const prepared = /** @type {T} */ (await prepare?.(demo) ?? {});
    const browser = await open();
    ends.push(() => browser.close());
    return { demo, browser, ...prepared };
  } catch (error) {
    // No test is there yet after which it would end.
    await end();
    throw error;
  }
}
