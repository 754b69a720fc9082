// The program under test: the demonstration county on a free port, in a folder of its own, made once for all tests.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = process.env.GONGCE_BINARY ?? fileURLToPath(new URL('../../../target/debug/gongce', import.meta.url));

/**
 * @typedef {object} Demo
 * @property {string} origin such as `http://127.0.0.1:40123`
 * @property {{role: string, login: string, password: string, secret: string}[]} staff who can sign in; `secret` is of the second factor, in Base32
 * @property {() => Promise<void>} stop
 */

/**
 * Starts it, with further settings. GONGCE_ORIGIN names one that runs already.
 * @param {Record<string, string>} [settings]
 * @param {string[]} [options]
 * @returns {Promise<Demo>}
 */
export async function startDemo(settings = {}, options = []) {
  if (process.env.GONGCE_ORIGIN && Object.keys(settings).length === 0) {
    return { origin: process.env.GONGCE_ORIGIN, staff: [], stop: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'gongce-web-'));
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GONGCE_')));
  const env = { ...own, GONGCE_LISTEN: '127.0.0.1:0', GONGCE_ADMIN_LISTEN: 'off', GONGCE_STOP_DELAY_SECONDS: '0', ...settings };
  const child = spawn(PROGRAM, ['demo', ...options], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  child.stdout.on('data', (piece) => { said += piece; });
  const address = await serving(child);
  return {
    origin: `http://${address}`,
    get staff() { return signIns(said); },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * Where it serves, once it does.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function serving(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (piece) => {
      log += piece;
      const found = / serving .*?address=(\S+)/.exec(log);
      if (found?.[1]) resolve(found[1]);
    });
    child.once('exit', (status) => reject(new Error(`the program ended with ${status}:\n${log}`)));
    child.once('error', reject);
  });
}

/**
 * Who can sign in, as the greeting lists them: a line each, and one for the second factor below.
 * @param {string} said
 */
function signIns(said) {
  const found = said.matchAll(/^ {2}(\w+) +(demo\.\w+) +(\S+)(?:.*\n +otpauth:\S*secret=([A-Z2-7]+))?/gm);
  return [...found].map(([, role = '', login = '', password = '', secret = '']) => ({ role, login, password, secret }));
}
