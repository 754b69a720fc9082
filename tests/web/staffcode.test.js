// What the page of those who clean works out by itself.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { makeClock } from '../../web/js/staff/clocks.js';
import { newId } from '../../web/js/staff/ids.js';
import { meant } from '../../web/js/staff/plates.js';

describe('the clocks of a device', () => {
  /** A device whose clocks the test sets. */
  function device() {
    const clocks = { wall: Date.parse('2026-11-29T08:00:00Z'), count: 1000 };
    const pass = (/** @type {number} */ seconds) => {
      clocks.wall += seconds * 1000;
      clocks.count += seconds * 1000;
    };
    return { clocks, pass, reading: makeClock({ wall: () => clocks.wall, count: () => clocks.count }) };
  }

  test('tell of one start while both go on', () => {
    const { pass, reading } = device();
    const before = reading();
    pass(3600);
    const after = reading();
    assert.equal(after.clock.bootId, before.clock.bootId);
    assert.equal(after.clock.monotonicMs - before.clock.monotonicMs, 3600000);
    assert.equal(after.at, '2026-11-29T09:00:00.000Z');
  });

  test('tell of another start after a sleep in which the one stood still', () => {
    const { clocks, pass, reading } = device();
    const before = reading();
    clocks.wall += 7200 * 1000;
    const after = reading();
    assert.notEqual(after.clock.bootId, before.clock.bootId, 'else two hours would be counted as none');
    pass(60);
    assert.equal(reading().clock.bootId, after.clock.bootId);
  });

  test('are not put off by a clock on the wall that is put back, and see a sleep after it', () => {
    const { clocks, pass, reading } = device();
    const before = reading();
    clocks.wall -= 3600 * 1000;
    pass(60);
    assert.equal(reading().clock.bootId, before.clock.bootId, 'the other one is right');
    clocks.wall += 600 * 1000;
    assert.notEqual(reading().clock.bootId, before.clock.bootId);
  });

  test('add up many short sleeps', () => {
    const { clocks, pass, reading } = device();
    const before = reading();
    for (let nap = 0; nap < 6; nap += 1) {
      clocks.wall += 1000;
      pass(10);
      reading();
    }
    assert.notEqual(reading().clock.bootId, before.clock.bootId);
  });
});

describe('ids', () => {
  test('are UUIDs of version 7 that begin with their time', () => {
    const id = newId(Date.parse('2026-11-29T08:00:00Z'));
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), Date.parse('2026-11-29T08:00:00Z'));
    assert.equal(new Set(Array.from({ length: 1000 }, () => newId(0))).size, 1000);
  });
});

describe('what was scanned or typed', () => {
  const token = '000000H011jGgoLffn5Fn_nyXndkzIlw';

  test('is a plate, by its token or its address', () => {
    assert.deepEqual(meant(token), { token, toilet: 17 });
    assert.deepEqual(meant(` https://toilets.example/p/${token}?from=wechat `), { token, toilet: 17 });
  });

  test('is a number, or what stands on a sign', () => {
    assert.deepEqual(meant('17'), { toilet: 17 });
    assert.deepEqual(meant('＃ 17'), { toilet: 17 });
    assert.deepEqual(meant('MJ0017'), { code: 'MJ0017' });
    assert.deepEqual(meant('长华社区'), { code: '长华社区' });
  });

  test('is nothing that could be a toilet', () => {
    for (const text of ['', '  ', '0', 'https://pay.example/p/17', `zzzzzzz${token.slice(7)}`]) assert.equal(meant(text), null, text);
  });
});
