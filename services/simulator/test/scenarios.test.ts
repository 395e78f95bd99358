import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scenarioFile } from '../src/sim/scenario.ts';
import type { Scenario } from '../src/sim/scenario.ts';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';
import { privateSocket } from './streams/socket.ts';

const FOLDER = new URL('../scenarios/', import.meta.url);
const NAMES = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

function scenario(name: string): Scenario {
  return scenarioFile.parse(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')));
}

/** The exchange of the tests in virtual time, with a scenario begun on top of it. */
async function playing(name: string): Promise<Exchange> {
  const venue = await exchange({ clock: 'virtual' });
  const begun = await venue.sim('POST', 'scenario', JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')));
  expect(begun).toMatchObject({ status: 200, body: { scenario: name } });
  return venue;
}

async function pass(venue: Exchange, seconds: number): Promise<void> {
  expect((await venue.sim('POST', 'clock', { advanceMs: seconds * 1_000 })).status).toBe(200);
}

async function codeOf(venue: Exchange, endpoint = 'position/list'): Promise<number> {
  const { status, body } = await venue.get(endpoint, { category: 'linear', settleCoin: 'USDT' });
  return status === 200 ? body.retCode : status;
}

describe('the scenarios of this package', () => {
  test.each(NAMES)('%s is named after its file, says what happens, and a simulator may start with it', async (name) => {
    const played = scenario(name);
    expect(played.name).toBe(name);
    expect(played.description).toMatch(/^[A-Z].{40,}\.$/);
    expect(played.faults.length).toBeGreaterThan(0);
    await using venue = await exchange({ clock: 'virtual', scenario: played });
    expect((await venue.sim('GET', 'faults')).body['faults']).toHaveLength(played.faults.length);
  });
});

describe('what happens in them', () => {
  test('flaky-network: some requests get no answer, nearly all do', async () => {
    await using venue = await playing('flaky-network');
    const calls = Array.from({ length: 300 }, () =>
      venue.get('position/list', { category: 'linear', settleCoin: 'USDT' }),
    );
    const lost = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(30);
  });

  test('rate-limited-burst: 10006 from 30 s to 35 s, a ban from 60 s to 70 s, nothing after', async () => {
    await using venue = await playing('rate-limited-burst');
    const seen: number[] = [];
    for (const seconds of [29, 2, 5, 25, 10]) {
      await pass(venue, seconds);
      seen.push(await codeOf(venue));
    }
    expect(seen).toEqual([0, 10_006, 0, 403, 0]);
  });

  test('exchange-restart: sockets are cut, 10016 for 8 s, and it comes back', async () => {
    await using venue = await playing('exchange-restart');
    using socket = await privateSocket(venue.url, 'order');
    await pass(venue, 61);
    await socket.closed;
    expect(await codeOf(venue)).toBe(10_016);
    await pass(venue, 8);
    expect(await codeOf(venue)).toBe(0);
  });

  test('gap-through-stops: both stops execute at what the market has, far beyond their levels', async () => {
    await using venue = await playing('gap-through-stops');
    const before = (await venue.sim('GET', 'truth')).body['totals'];
    expect(before).toMatchObject({ openNow: 2, protectedNow: 2 });
    await pass(venue, 61);
    const { positions, executions } = (await venue.sim('GET', 'truth')).body;
    expect(positions).toMatchObject([
      { account: 'main', side: 'Buy', closeReason: 'StopLoss', unprotectedMs: 0 },
      { account: 'mirror', side: 'Sell', closeReason: 'StopLoss', unprotectedMs: 0 },
    ]);
    const prices = Array.isArray(executions) ? executions.slice(2).map(({ execPrice }) => Number(execPrice)) : [];
    expect(prices).toHaveLength(2);
    expect(prices[0]).toBeLessThan(90);
    expect(prices[1]).toBeGreaterThan(109);
  });

  test('manual-trader: the position is under a stop but for the first 5 s and the 20 s without one', async () => {
    await using venue = await playing('manual-trader');
    await pass(venue, 91);
    const { positions, openOrders } = (await venue.sim('GET', 'truth')).body;
    expect(positions).toMatchObject([
      {
        symbol: 'SOLUSDT',
        side: 'Buy',
        closeReason: 'ManualMarket',
        unprotectedMs: 25_000,
        entryFills: 2,
        reduceFills: 2,
      },
    ]);
    expect(openOrders).toEqual([]);
  });

  test('frames-lost: frames are missing while it lasts, and sockets end', async () => {
    await using venue = await playing('frames-lost');
    using socket = await privateSocket(venue.url, 'order', 'execution', 'position');
    for (let index = 0; index < 100; index += 1) {
      await venue.post('order/create', order({ symbol: SYMBOL, side: index % 2 === 0 ? 'Buy' : 'Sell' }));
    }
    await pass(venue, 5);
    const { streams } = (await venue.sim('GET', 'truth')).body;
    const dropped = JSON.stringify(streams).matchAll(/"dropped":([1-9]\d*)/g);
    expect([...dropped].length).toBe(3);
    await pass(venue, 120);
    await socket.closed;
  });
});
