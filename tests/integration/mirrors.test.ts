import { randomUUID } from 'node:crypto';
import { runProgram } from '@backstop/cli/program';
import { balanceReader } from '@backstop/cli/up/balance-reader';
import { judgePlans } from '@backstop/cli/up/judge-plans';
import { submitPlans } from '@backstop/cli/up/submit-plans';
import { decimal, format, fromJson } from '@backstop/core';
import {
  bucketOf,
  getPlans,
  listActive,
  peekCheck,
  readOutbox,
  setAccounts,
  type EventRecord,
  type MonitorRef,
} from '@backstop/store';
import { beforeEach, expect, test } from 'vitest';
import { SOON, untilProtected } from '../support/protect.ts';
import type { Seat } from '../support/seat.ts';
import { legOf, openLegs, openPosition, type Truth } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';
import { SYMBOLS } from '../support/venue.ts';

const ACCOUNTS = ['main', 'mirror', 'small'] as const;
const SYMBOL = SYMBOLS[0] ?? '';
const rig = useRig({ accounts: ACCOUNTS });

beforeEach(() => setAccounts(rig().redis, ACCOUNTS));

/** 100 at the market (100) and 100 at 95, for `main` as written, 80 for `mirror`, a twentieth of 100,000 USDT for `small`. */
const FILE = {
  instruments: [{ symbol: SYMBOL, tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', price: '100' }],
  groups: {
    desk: {
      accounts: [
        { account: 'main', ratio: '1' },
        { account: 'mirror', fixed: '80' },
        { account: 'small', shareOfBalance: '0.05' },
      ],
    },
  },
  plans: [
    {
      group: 'desk',
      symbol: SYMBOL,
      side: 'Buy',
      entries: [
        { type: 'Market', qty: '100' },
        { type: 'Limit', price: '95', qty: '100' },
      ],
      takeProfits: [
        { price: '110', percent: 85 },
        { price: '115', percent: 15 },
      ],
      stopLoss: { triggerPrice: '90' },
    },
  ],
};
const SIZES = { main: '100', mirror: '40', small: '25.6' } as const;
const LEGS = ['e2', 't1', 't2'] as const;

/** Hands the file over as `backstop up` does. */
async function submit(): Promise<{ readonly faults: readonly string[] }> {
  const { redis, redisUrl, venue } = rig();
  const readBalances = balanceReader({ accounts: venue.accounts, exchangeUrl: venue.url, redis });
  const memory = { isKept: false, run: randomUUID(), faults: [] };
  const source = { text: JSON.stringify(FILE), memory, nowMs: Date.now(), list: listNothing, readBalances };
  const { workload, faults, judge } = await judgePlans(source);
  if (workload === undefined) return { faults };
  return submitPlans({ workload, isKept: false, judge }, { redis, redisUrl, readBalances });
}

/** A simulated exchange lists what the file says. */
const listNothing = () => Promise.resolve({ faults: [] });

type Refs = Readonly<Record<(typeof ACCOUNTS)[number], MonitorRef>>;

async function refOf(account: string): Promise<MonitorRef> {
  const [ref] = await listActive(rig().redis, account);
  if (ref === undefined) throw new Error(`no monitor on ${account}`);
  return ref;
}

/** All three set up: entries, stop and take-profits as each account's size wants them; the workers go on. */
async function mirrored(seat: Seat): Promise<Refs> {
  expect((await submit()).faults).toEqual([]);
  rig().work([seat]);
  const [main, mirror, small] = [await refOf('main'), await refOf('mirror'), await refOf('small')];
  for (const ref of [main, mirror, small]) await untilProtected(rig(), ref, { legs: LEGS });
  return { main, mirror, small };
}

async function events({ account, monitorId }: MonitorRef): Promise<readonly string[]> {
  const entries = await readOutbox(rig().redis, bucketOf(account), '0', 10_000);
  return entries
    .filter(({ type }) => type === 'event')
    .map(({ json }) => fromJson<EventRecord>(json))
    .filter((record) => record.monitorId === monitorId)
    .map(({ event }) => event.type);
}

/** What stands on the exchange for one account: its position, and every order with its size. */
function standing({ positions, openOrders }: Truth, account: string): unknown {
  const own = openOrders.filter((order) => order.account === account);
  return {
    position: positions.filter((row) => row.account === account).map(({ size, stopLoss }) => ({ size, stopLoss })),
    orders: own.map(({ orderLinkId, stopOrderType, qty }) => `${orderLinkId}${stopOrderType} ${qty}`).toSorted(),
  };
}

/** Everything is read anew, account by account; nothing is sent. */
async function lookAgain(seat: Seat, refs: Refs): Promise<void> {
  await rig().forget(refs.main);
  for (const ref of Object.values(refs)) await seat.read(ref);
}

/** What doctor names, account by account. */
async function doctor(): Promise<unknown> {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(text);
  const context = { env: { REDIS_URL: rig().redisUrl }, signal: AbortSignal.timeout(30_000), print, warn: print };
  await runProgram(['doctor', '--json'], context).catch((error: unknown) => {
    if (!(error instanceof Error && 'exitCode' in error)) throw error;
  });
  return (JSON.parse(lines.join('\n')) as { readonly anomalies: unknown }).anomalies;
}

test('a plan of a group is one monitor for each account, with orders of its own size', async () => {
  const seat = await rig().seat();
  const refs = await mirrored(seat);
  await rig().rest();

  const { openOrders, positions, duplicates } = await rig().venue.truth();
  for (const account of ACCOUNTS) {
    const entry = openOrders.find((order) => order.account === account && !order.reduceOnly);
    expect({ account, entry: entry?.qty }).toEqual({ account, entry: SIZES[account] });
    const position = positions.find((row) => row.account === account);
    expect(position).toMatchObject({ account, size: SIZES[account], stopLoss: '90' });
  }
  expect(duplicates).toEqual([]);
  const plans = await getPlans(rig().redis, [refs.main, refs.mirror, refs.small]);
  const said = plans.map((plan) => plan?.mirror);
  expect(new Set(said.map((mirror) => mirror?.planId)).size).toBe(1);
  expect(said.map((mirror) => [mirror?.group, mirror?.rule, format(mirror?.value ?? 0n)])).toEqual([
    ['desk', 'ratio', '1'],
    ['desk', 'fixed', '80'],
    ['desk', 'shareOfBalance', '0.05'],
  ]);
  expect(said[2]?.balance).toBe(decimal('100000'));
});

test('F-04 a take-profit that fills on one account moves the stop of that account alone', async () => {
  const seat = await rig().seat();
  const { main, mirror, small } = await mirrored(seat);
  await rig().venue.price(SYMBOL, '105');
  await rig().rest();
  const before = await rig().venue.truth();
  const told = [await events(main), await events(small)];

  const options = { signal: AbortSignal.timeout(5_000), beforeSend: () => Promise.resolve() };
  const orders = await seat.exchangeOf('mirror').openOrders({ symbol: SYMBOL }, options);
  const orderId = orders.find(({ orderLinkId }) => legOf(orderLinkId) === 't1')?.orderId ?? '';
  await rig().venue.fault({ kind: 'cancel-fill-race', account: 'mirror', endpoint: 'order/cancel', count: 1 });
  await seat.exchangeOf('mirror').cancelOrders([{ symbol: SYMBOL, orderId }], options);
  expect(openPosition(await rig().venue.truth(), mirror)?.size).toBe('6');

  await rig().forget(main);
  rig().work([seat]);
  await untilProtected(rig(), mirror, { legs: ['t2'], stop: '100.12' });
  await rig().rest();
  await lookAgain(seat, { main, mirror, small });
  for (const ref of [main, mirror, small]) await seat.check(ref);

  const after = await rig().venue.truth();
  expect(await events(mirror)).toContain('take-profit-filled');
  expect([await events(main), await events(small)]).toEqual(told);
  for (const account of ['main', 'small']) expect(standing(after, account)).toEqual(standing(before, account));
  expect(openLegs(after, main)).toEqual(LEGS);
  expect(after.totals.unprotectedMs).toBe(0);
});

test('no decision looks at what a plan mirrors, nor at the other accounts of its group', async () => {
  const seat = await rig().seat();
  expect((await submit()).faults).toEqual([]);
  const ref = await refOf('mirror');
  const check = seat.claim(ref, 'limit-order');
  const facts = await seat.facts(check);
  const { mirror, ...alone } = facts.plan;
  expect(mirror).toMatchObject({ group: 'desk' });
  expect(seat.wanted(check, facts)).not.toEqual([]);
  expect(seat.wanted(check, { ...facts, plan: alone })).toEqual(seat.wanted(check, facts));

  await seat.check(ref, 'limit-order');
  const truth = await rig().venue.truth();
  const traded = new Set([...truth.orders, ...truth.executions].map(({ account }) => account));
  expect(traded).toEqual(new Set(['mirror']));
});

test.each([
  ['a part of its position was closed by hand', '10', 'TakeProfitsDiffer', /^amend t1 to 13\.2 /],
  ['all of its position was closed by hand', '25.6', 'EntryStillActive', /^cancel e2 \(flat\)/],
])(
  'mirrored account diverged: %s, doctor names that account alone, and what is put right is there alone',
  async (_name, qty, name, backstop) => {
    const seat = await rig().seat();
    const refs = await mirrored(seat);
    await rig().rest();
    await lookAgain(seat, refs);
    expect(await doctor()).toEqual([]);

    await rig().venue.trade({ ...refs.small, side: 'Sell', qty, orderType: 'Market', reduceOnly: true });
    await lookAgain(seat, refs);
    const named = { account: 'small', name, backstop: expect.stringMatching(backstop) };
    expect(await doctor()).toEqual([expect.objectContaining(named)]);

    const before = await rig().venue.truth();
    for (const ref of Object.values(refs)) await rig().forget(ref);
    rig().work([seat]);
    await expect.poll(doctor, SOON).toEqual([]);
    await rig().rest();
    const after = await rig().venue.truth();
    for (const account of ['main', 'mirror']) expect(standing(after, account)).toEqual(standing(before, account));
    expect(standing(after, 'small')).not.toEqual(standing(before, 'small'));
    expect(after.totals.unprotectedMs).toBe(0);
  },
);

test('when the key of one account is revoked the others go on, and it catches up when it has a key again', async () => {
  const seat = await rig().seat();
  const { main, mirror, small } = await mirrored(seat);
  await rig().venue.fault({ kind: 'key-revoked', account: 'mirror' });
  await rig().venue.price(SYMBOL, '110');
  for (const ref of [main, small]) await untilProtected(rig(), ref, { legs: ['t2'], stop: '100.12' });

  expect(openPosition(await rig().venue.truth(), mirror)).toMatchObject({ size: '6', stopLoss: '90' });
  expect(await events(mirror)).not.toContain('take-profit-filled');
  await expect.poll(doctor, SOON).toContainEqual(expect.objectContaining({ account: 'mirror', name: 'KeyRefused' }));
  await rig().venue.clearFaults();
  await untilProtected(rig(), mirror, { legs: ['t2'], stop: '100.12' });
  expect((await peekCheck(rig().redis, mirror)).states['tp-sl'].state?.stage).toBe('scaled-out');
});

test('an account whose balance cannot be read keeps the whole plan from being accepted, with its place', async () => {
  await rig().venue.fault({ kind: 'key-revoked', account: 'small' });
  expect((await submit()).faults).toEqual([
    expect.stringMatching(/^plans\[0\]\.group\.accounts\[2\]: the balance of small cannot be read: /),
  ]);
  for (const account of ACCOUNTS) expect(await listActive(rig().redis, account)).toEqual([]);
});
