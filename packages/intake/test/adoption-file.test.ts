import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decimal } from '@backstop/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError, readAdoptionFile } from '../src/index.ts';

let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'backstop-adoption-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fileWith(content: unknown): Promise<string> {
  const file = path.join(dir, 'adoption.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** What is wrong with a file, as `path: message`. */
async function faults(content: unknown): Promise<readonly string[]> {
  const file = await fileWith(content);
  try {
    readAdoptionFile(file, ['main', 'mirror']);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.faults.map((fault) => `${fault.path}: ${fault.message}`.replace(`${file}: `, ''));
  }
}

const TEMPLATE = {
  stopDistancePercent: 5,
  takeProfits: [
    { distancePercent: 4, percent: 85 },
    { distancePercent: 8, percent: 15 },
  ],
};

test('without a file, and in an empty one, every account ignores', async () => {
  expect(readAdoptionFile(undefined, ['main'])('main')).toEqual({ mode: 'ignore' });
  expect(readAdoptionFile(await fileWith({}), ['main'])('main')).toEqual({ mode: 'ignore' });
});

test('an account of its own stands above the default, and percent become exact shares', async () => {
  const file = await fileWith({
    default: { mode: 'protect-only', stopDistancePercent: 7.5, triggerBy: 'MarkPrice' },
    accounts: { mirror: { mode: 'ignore' } },
  });
  const adoptionOf = readAdoptionFile(file, ['main', 'mirror']);
  expect(adoptionOf('main')).toEqual({
    mode: 'protect-only',
    stopDistance: decimal('0.075'),
    triggerBy: 'MarkPrice',
  });
  expect(adoptionOf('mirror')).toEqual({ mode: 'ignore' });
});

test('a template has the defaults of a plan, and what it says itself', async () => {
  const own = { steps: true, breakeven: false, trailingStop: { distancePercent: 2, afterTakeProfit: 2 } };
  const limits = { timeLimit: { afterMs: 60_000, action: 'close' }, externalChanges: 'respect' };
  const file = await fileWith({
    default: { mode: 'manage', template: TEMPLATE },
    accounts: { main: { mode: 'manage', template: { ...TEMPLATE, ...own, ...limits } } },
  });
  const adoptionOf = readAdoptionFile(file, ['main', 'mirror']);
  const common = {
    stopDistance: decimal('0.05'),
    takeProfits: [
      { distance: decimal('0.04'), share: decimal('0.85') },
      { distance: decimal('0.08'), share: decimal('0.15') },
    ],
  };
  expect(adoptionOf('mirror')).toEqual({
    mode: 'manage',
    template: { ...common, breakeven: { afterTakeProfit: 1, ifThrough: 'exit' } },
  });
  expect(adoptionOf('main')).toEqual({
    mode: 'manage',
    template: {
      ...common,
      steps: { ifThrough: 'exit' },
      trailingStop: { distance: decimal('0.02'), afterTakeProfit: 2 },
      timeLimit: { afterMs: 60_000, action: 'close' },
      externalChanges: { policy: 'respect' },
    },
  });
});

test('every fault comes at once with its path', async () => {
  expect(
    await faults({
      default: { mode: 'adopt' },
      accounts: {
        main: { mode: 'protect-only', stopDistancePercent: 100, stop: 1 },
        mirror: { mode: 'protect-only' },
      },
      more: 1,
    }),
  ).toEqual([
    'default.mode: expected mode ignore, protect-only or manage',
    'accounts.main.stopDistancePercent: expected percent below 100',
    'accounts.main.stop: unknown key',
    'accounts.mirror.stopDistancePercent: missing',
    'more: unknown key',
  ]);
});

test('a template whose parts do not fit together is refused by the part', async () => {
  const template = {
    ...TEMPLATE,
    takeProfits: [
      { distancePercent: 4, percent: 85 },
      { distancePercent: 4, percent: 10 },
    ],
    breakeven: { afterTakeProfit: 3 },
    trailingStop: { distancePercent: 2, afterTakeProfit: 4 },
  };
  expect(await faults({ default: { mode: 'manage', template } })).toEqual([
    'default.template.takeProfits: shares do not sum to exactly 100 %',
    'default.template.takeProfits[1].distancePercent: must be further away than the take-profit before it',
    'default.template.breakeven.afterTakeProfit: there is no take-profit 3',
    'default.template.trailingStop.afterTakeProfit: there is no take-profit 4',
  ]);
});

test('an account that does not exist, and a file that is none, are faults', async () => {
  expect(await faults({ accounts: { mian: { mode: 'ignore' } } })).toEqual(['accounts.mian: there is no such account']);
  expect(await faults('{"default":')).toEqual([expect.stringContaining('cannot be read, or is no JSON')]);
  expect(() => readAdoptionFile(path.join(dir, 'none.json'), [])).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining('cannot be read') }),
  );
});
