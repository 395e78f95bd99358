import { decimal, format } from '@backstop/core';
import type { Plan } from '@backstop/core';
import type { Balance } from '@backstop/intake';
import { expect, test } from 'vitest';
import { judgePlans } from '../src/up/judge-plans.ts';
import type { PlanSource } from '../src/up/judge-plans.ts';
import { runCli } from './run-cli.ts';
import { useTempFolder } from './temp-folder.ts';

const { write } = useTempFolder('groups-');

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.00' },
];
const groups = {
  desk: {
    accounts: [
      { account: 'main', ratio: '1' },
      { account: 'mirror', shareOfBalance: '0.5' },
      { account: 'small', shareOfBalance: '0.25' },
    ],
  },
};
const plan = {
  group: 'desk',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [{ type: 'Market', qty: '1.0' }],
  takeProfits: [{ price: '104.00', percent: 100 }],
  stopLoss: { triggerPrice: '95.00' },
};

async function refused(file: object, ...flags: readonly string[]): Promise<readonly string[]> {
  const { code, stderr, stdout, left } = await runCli(['up', '--plans', await write('plans.json', file), ...flags]);
  expect({ code, stdout, left }).toEqual({ code: 2, stdout: '', left: [] });
  return stderr
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

test('an account of a group without credentials is named before anything starts, beside the other faults', async () => {
  const known = ['main', 'mirror'].map((name) => ({ name, apiKey: 'key', secret: 'secret' }));
  const accounts = await write('accounts.json', { accounts: known });
  const faulty = { ...plan, group: 'other' };
  expect(await refused({ instruments, groups, plans: [plan, faulty] }, '--accounts', accounts)).toEqual([
    'accounts.small.apiKey: missing: set BACKSTOP_SMALL_API_KEY, or give it in an accounts file',
    'accounts.small.secret: missing: set BACKSTOP_SMALL_API_SECRET, or give it in an accounts file',
    'plans[1].group: unknown group other',
  ]);
});

test('a share that is too small for an order is told before anything starts', async () => {
  const few = { desk: { accounts: [groups.desk.accounts[0], { account: 'small', shareOfBalance: '0.000004' }] } };
  expect(await refused({ instruments, groups: few, plans: [plan] })).toEqual([
    expect.stringMatching(/^plans\[0\]\.group\.accounts\[1\]: small: 0 is under the minimum of 0\.1; /),
  ]);
});

/** Answers with these equities in USDT, and remembers who was asked for. */
function teller(known: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const readBalances = (names: readonly string[]): Promise<ReadonlyMap<string, Balance>> => {
    asked.push(...names);
    return Promise.resolve(new Map(names.map((name) => [name, { equity: decimal(known[name] ?? '0') }])));
  };
  return { asked, readBalances };
}

function source(change: Partial<PlanSource>): PlanSource {
  return {
    text: JSON.stringify({ instruments, groups, plans: [plan] }),
    memory: { isKept: false, run: '', faults: [] },
    nowMs: 1_000,
    list: () => Promise.resolve({ faults: [] }),
    readBalances: undefined,
    ...change,
  };
}

function sizes(plans: readonly Plan[]): readonly string[] {
  return plans.map(({ account, entries }) => `${account} ${entries.map(({ qty }) => format(qty)).join(' ')}`);
}

const MOMENT = { known: new Set<string>(), existing: [], now: () => Promise.resolve(2_000) };

test('sizes come from the balances of the moment in which the plans are accepted', async () => {
  const before = teller({ mirror: '1000', small: '1000' });
  const { judge, workload } = await judgePlans(source({ readBalances: before.readBalances }));
  expect(sizes(workload?.plans ?? [])).toEqual(['main 1', 'mirror 5', 'small 2.5']);

  const { plans } = await judge({ ...MOMENT, readBalances: teller({ mirror: '600', small: '1000' }).readBalances });
  expect(sizes(plans)).toEqual(['main 1', 'mirror 3', 'small 2.5']);
  expect(plans.map(({ id }) => id)).toEqual(workload?.plans.map(({ id }) => id));
});

test('over a kept state balances are asked for when it is known which accounts are new, and only of those', async () => {
  const { asked, readBalances } = teller({ mirror: '1000', small: '1000' });
  const memory = { isKept: true, run: '', faults: [] };
  const { judge, workload } = await judgePlans(source({ memory, readBalances }));
  const [main, mirror, small] = (workload?.plans ?? []).map(({ id }) => id);
  expect(asked).toEqual([]);

  expect(await judge({ ...MOMENT, known: new Set([main ?? '', mirror ?? '', small ?? '']) })).toMatchObject({
    plans: [],
  });
  expect(asked).toEqual([]);
  const { plans } = await judge({ ...MOMENT, known: new Set([main ?? '', mirror ?? '']) });
  expect(sizes(plans)).toEqual(['small 2.5']);
  expect(asked).toEqual(['small']);
});

test('without keys no size is made up: nothing is accepted', async () => {
  const { judge, workload } = await judgePlans(source({}));
  expect(workload?.plans).toHaveLength(3);
  expect(await judge(MOMENT)).toEqual({
    plans: [],
    faults: [
      'plans[0].group.accounts[1]: the balance of mirror cannot be read: nobody has read it',
      'plans[0].group.accounts[2]: the balance of small cannot be read: nobody has read it',
    ],
  });
});
