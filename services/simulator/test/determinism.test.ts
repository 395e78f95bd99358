import { expect, test } from 'vitest';
import { FlagError, readFlags } from '../src/flags.ts';
import { createClock } from '../src/sim/clock.ts';
import { exchange, order, SYMBOL } from './exchange-client.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };
const FIRST_MS = Date.parse('2026-01-01T00:00:00Z');
const READS = [
  ['position/list', LINEAR],
  ['order/realtime', { ...LINEAR, openOnly: '1' }],
  ['order/history', LINEAR],
  ['execution/list', LINEAR],
  ['position/closed-pnl', LINEAR],
  ['account/wallet-balance', { accountType: 'UNIFIED' }],
  ['account/transaction-log', {}],
  ['user/query-api', {}],
  ['market/tickers', LINEAR],
  ['market/recent-trade', LINEAR],
  ['market/kline', { ...LINEAR, interval: '1' }],
  ['market/orderbook', LINEAR],
  ['market/open-interest', { ...LINEAR, intervalTime: '5min' }],
  ['market/funding/history', LINEAR],
  ['market/time', {}],
] as const;

/** The bodies of one run: fills, stops, a walk over a funding, and then everything there is to read. */
async function bodiesOfRun(seed: number): Promise<readonly string[]> {
  await using venue = await exchange({ seed, clock: 'virtual' });
  const seen: unknown[] = [
    (await venue.post('order/create', order({ stopLoss: '50', takeProfit: '200' }))).body,
    (await venue.post('order/create', order({ orderType: 'Limit', price: '99.5' }))).body,
    await venue.sim('POST', 'walk', { stepMs: 60_000 }),
    await venue.sim('POST', 'faults', {
      faults: [{ kind: 'manual-close', account: 'main', symbol: SYMBOL, qty: '0.1', everyMs: 3_600_000, count: 3 }],
    }),
    await venue.sim('POST', 'clock', { advanceMs: 30_000_000 }),
    (await venue.post('order/create', order({ qty: '0' }))).body,
  ];
  for (const [endpoint, query] of READS) seen.push((await venue.get(endpoint, query)).body);
  seen.push(await venue.sim('GET', 'truth'), await venue.sim('GET', 'picture'), await venue.sim('GET', 'faults'));
  return seen.map((body) => JSON.stringify(body));
}

test('equal seeds and commands over HTTP give equal bodies byte by byte under a virtual clock, ids and times included', async () => {
  const one = await bodiesOfRun(7);
  expect(await bodiesOfRun(7)).toEqual(one);
  expect(one.join('\n')).toContain(`"time":${FIRST_MS}`);
  expect(one.join('\n')).toContain('SETTLEMENT');
  expect(await bodiesOfRun(8)).not.toEqual(one);
});

test('a virtual clock starts where the configuration says, again after a reset, and takes timestamps of both clocks', async () => {
  const startAtMs = Date.parse('2031-05-06T07:00:00Z');
  await using venue = await exchange({ clock: 'virtual', startAtMs });
  await venue.sim('POST', 'clock', { advanceMs: 1_500 });
  expect((await venue.get('account/info')).body).toMatchObject({ retCode: 0, time: startAtMs + 1_500 });
  const aheadMs = startAtMs + 1_500 - Date.now();
  expect((await venue.get('account/info', {}, { aheadMs })).body.retCode).toBe(0);
  expect((await venue.get('account/info', {}, { aheadMs: aheadMs / 2 })).body.retCode).toBe(10002);
  await venue.sim('POST', 'reset');
  expect((await venue.get('market/time')).body.time).toBe(startAtMs);
});

function startOf(...args: readonly string[]): number {
  const { config } = readFlags(['--clock', 'virtual', ...args]);
  return createClock(config.clock, config.startAtMs).nowMs();
}

test('the start of a virtual clock comes as an ISO time or in milliseconds, midnight of 2026 unless given', () => {
  expect(startOf()).toBe(FIRST_MS);
  expect(startOf('--start-at', '1700000000000')).toBe(1_700_000_000_000);
  expect(startOf('--start-at', '2030-02-03T04:05:06+01:00')).toBe(Date.parse('2030-02-03T03:05:06Z'));
  expect(() => startOf('--start-at', 'noon')).toThrow(
    new FlagError('--start-at: is neither an ISO time nor milliseconds'),
  );
  expect(() => readFlags(['--start-at', '0'])).toThrow('--start-at: needs --clock virtual');
});

test('paths that do not exist are counted under one name, however many there are', async () => {
  await using venue = await exchange();
  for (let index = 0; index < 20; index += 1) await venue.get(`order/nothing-${index}`);
  await venue.get('market/time');
  expect((await venue.sim('GET', 'truth')).body['requests']).toEqual([
    { account: 'main', endpoint: 'unknown', outcome: '404', count: 20 },
    { account: 'main', endpoint: 'market/time', outcome: 'ok', count: 1 },
  ]);
});
