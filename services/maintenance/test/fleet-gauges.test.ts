import { openFleetMetrics, openMetrics } from '@backstop/runtime';
import { aPlan, aPosition, aStopRow } from '@backstop/core/testing';
import { accountKeys } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import type { Plan } from '@backstop/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fleetGauges } from '../src/tasks/fleet-gauges.ts';
import type { TaskDeps } from '../src/tasks/task.ts';
import { countScripts, holdRows, holdStream, land, type Shown } from './hold-rows.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushdb());
afterAll(() => server.stop());

const NAKED = 'the position row names no stop';
const covered = (symbol: string): Shown => ({ positions: [aPosition({ symbol })], orders: [aStopRow({ symbol })] });
const naked = (symbol: string): Shown => ({ positions: [aPosition({ symbol, stopLoss: undefined })] });

/** The task over these accounts, with what its gauges say and the counted seconds by account. */
function gauges(accounts: readonly string[], since: TaskDeps['since'] = () => 0) {
  const metrics = openMetrics('test');
  const parts = { redis: server.redis, accounts, fleet: openFleetMetrics(metrics), since };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this task takes of it
  const deps = parts as unknown as TaskDeps;
  const values = async (name: string): Promise<Readonly<Record<string, number>>> => {
    const lines = (await metrics.registry.getSingleMetricAsString(name)).split('\n');
    const told = lines.map((line) => /(?:protected|account)="(\w+)".*\} (\S+)$/.exec(line));
    return Object.fromEntries(told.flatMap((match) => (match === null ? [] : [[match[1] ?? '', Number(match[2])]])));
  };
  return {
    pass: (signal?: AbortSignal) => fleetGauges(deps, signal),
    positions: () => values('backstop_positions'),
    seconds: () => values('backstop_unprotected_position_seconds_total'),
  };
}

const ID_OF: Readonly<Record<string, string>> = { A: 'aaaaaaaaaaaa', B: 'bbbbbbbbbbbb', C: 'cccccccccccc' };

function plan(account: string, symbol: string): Plan {
  return aPlan({ account, symbol, id: `${account.slice(0, 4)}${ID_OF[symbol.slice(0, 1)] ?? ''}`.slice(0, 12) });
}

function both(...shown: readonly Shown[]): Shown {
  return { positions: shown.flatMap((one) => one.positions ?? []), orders: shown.flatMap((one) => one.orders ?? []) };
}

test('S-05 a pass counts the open positions of all accounts by whether a stop covers them, and nothing that is flat or unknown', async () => {
  await holdRows(server.redis, [plan('main', 'AUSDT'), plan('main', 'BUSDT')], both(covered('AUSDT'), naked('BUSDT')));
  await holdRows(server.redis, [plan('other', 'AUSDT'), plan('other', 'BUSDT')], covered('BUSDT'));
  const [unknown] = await holdRows(server.redis, [plan('third', 'CUSDT')], naked('CUSDT'));
  if (unknown === undefined) throw new Error('not accepted');
  await server.redis.del(accountKeys('third').ordersRow('CUSDT', 0), accountKeys('third').ordersListing);

  const { pass, positions } = gauges(['main', 'other', 'third']);
  await pass();
  expect(await positions()).toEqual({ true: 2, false: 1 });
});

test('a listing that does not contain a stored position outweighs it', async () => {
  const [ref] = await holdRows(server.redis, [plan('main', 'AUSDT')], naked('AUSDT'));
  if (ref === undefined) throw new Error('not accepted');
  await land(server.redis, 'main', { places: [] });
  const { pass, positions } = gauges(['main']);
  await pass();
  expect(await positions()).toEqual({ true: 0, false: 0 });
});

test('S-05 time without a stop counts from the last look at the same account', async () => {
  await holdRows(server.redis, [plan('main', 'AUSDT'), plan('main', 'BUSDT')], both(naked('AUSDT'), naked('BUSDT')));
  await holdRows(server.redis, [plan('other', 'AUSDT')], naked('AUSDT'));
  await holdRows(server.redis, [plan('third', 'AUSDT')], covered('AUSDT'));
  const laps: Readonly<Record<string, number>> = { main: 2_000, other: 6_500, third: 4_000 };
  const { pass, seconds } = gauges(
    Object.keys(laps),
    (name) => Object.entries(laps).find(([account]) => name.endsWith(` ${account}`))?.[1] ?? 0,
  );
  await pass();
  expect(await seconds()).toEqual({ main: 4, other: 6.5 });
  await pass();
  expect(await seconds()).toEqual({ main: 8, other: 13 });
});

test('a pass that is cut short or fails half way changes no gauge', async () => {
  const stop = new AbortController();
  let aborts = false;
  const { pass, positions } = gauges(['main', 'other'], () => {
    if (aborts) stop.abort();
    return 0;
  });
  const [ref] = await holdRows(server.redis, [plan('main', 'AUSDT')], covered('AUSDT'));
  await holdRows(server.redis, [plan('other', 'AUSDT')], covered('AUSDT'));
  await pass();
  expect(await positions()).toEqual({ true: 2, false: 0 });

  await land(server.redis, 'main', { places: ref === undefined ? [] : [ref], ...naked('AUSDT') });
  aborts = true;
  await pass(stop.signal);
  expect(await positions()).toEqual({ true: 2, false: 0 });

  aborts = false;
  await server.redis.set(accountKeys('other').active, 'not a hash');
  await expect(pass()).rejects.toThrow('WRONGTYPE');
  expect(await positions()).toEqual({ true: 2, false: 0 });

  await server.redis.del(accountKeys('other').active);
  await pass();
  expect(await positions()).toEqual({ true: 0, false: 1 });
});

test('monitors without a stored position cost no look at all that is known of them', async () => {
  const idle = ['AUSDT', 'CUSDT'].map((symbol) => plan('main', symbol));
  await holdStream(server.redis, 'main', '1');
  await holdRows(server.redis, [...idle, plan('main', 'BUSDT')], covered('BUSDT'));
  const { pass, positions } = gauges(['main']);
  const before = await countScripts(server.redis);
  await pass();
  expect((await countScripts(server.redis)) - before).toBe(1);
  expect(await positions()).toEqual({ true: 1, false: 0 });
});

test('why a position counts as naked is told', async () => {
  await holdRows(server.redis, [plan('main', 'AUSDT')], naked('AUSDT'));
  const metrics = openMetrics('test');
  const parts = { redis: server.redis, accounts: ['main'], fleet: openFleetMetrics(metrics), since: () => 1_000 };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what this task takes of it
  await fleetGauges(parts as unknown as TaskDeps);
  expect(await metrics.registry.metrics()).toMatch(new RegExp(`account="main",reason="${NAKED}".*\\} 1`));
});
