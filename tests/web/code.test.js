// What holds for the code of the pages.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const JS = new URL('../../web/js/', import.meta.url);
const MOST_LINES = 400;
/** Of a function: a screen. */
const SCREEN = 60;

/** @returns {Promise<[path: string, text: string][]>} */
async function sources() {
  const names = (await readdir(JS, { recursive: true })).filter((name) => name.endsWith('.js'));
  return Promise.all(names.map(async (name) => /** @type {[string, string]} */ ([name, await readFile(new URL(name, JS), 'utf8')])));
}

test('no file over 400 lines, no function over a screen, no markup made of data', async () => {
  const faults = [];
  const files = await sources();
  assert.ok(files.length > 30);
  for (const [path, text] of files) {
    const lines = text.split('\n').length;
    if (lines > MOST_LINES) faults.push(`${path}: ${lines} lines`);
    if (/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/.test(text.replace(/^\s*(\/\/|\*).*$/gm, ''))) faults.push(`${path}: makes markup or code of text`);
    faults.push(...long(path, text));
  }
  assert.deepEqual(faults, []);
});

/**
 * The functions that are longer than a screen.
 * @param {string} path
 * @param {string} text
 */
function long(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  /** @type {string[]} */
  const found = [];
  const look = (/** @type {ts.Node} */ node) => {
    if (ts.isFunctionLike(node)) {
      const [from, to] = [node.getStart(), node.getEnd()].map((at) => file.getLineAndCharacterOfPosition(at).line);
      if ((to ?? 0) - (from ?? 0) >= SCREEN) found.push(`${path}:${(from ?? 0) + 1}: a function of ${(to ?? 0) - (from ?? 0) + 1} lines`);
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

test('each word is there in both languages, with the same places to be filled in', async () => {
  const folder = new URL('i18n/', JS);
  const parts = await readdir(new URL('zh-CN/', folder));
  assert.deepEqual(await readdir(new URL('en/', folder)), parts);
  const places = (/** @type {string} */ text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const part of parts) {
    const [chinese, english] = await Promise.all(['zh-CN', 'en'].map(async (language) => (await import(fileURLToPath(new URL(`${language}/${part}`, folder)))).default));
    assert.deepEqual(Object.keys(english).sort(), Object.keys(chinese).sort(), part);
    for (const [key, text] of Object.entries(chinese)) assert.deepEqual(places(english[key]), places(/** @type {string} */ (text)), `${part} ${key}`);
  }
});
