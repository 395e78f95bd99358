import { setTimeout as pause } from 'node:timers/promises';
import { ladder, marketEntry } from '@backstop/core/testing';
import { ALL_BUCKETS, listProcesses, openRound, type Redis } from '@backstop/store';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { planOn } from '../support/plans.ts';
import { readTruth } from '../support/truth.ts';
import { acceptAll } from './accept-all.ts';
import { startMarket, type Market } from './market.ts';

export interface QuietMonitors extends AsyncDisposable {
  readonly market: Market;
  readonly fleet: Fleet;
  /** Makes every monitor due again until the signal aborts: there is always more to do than is done. */
  readonly keepDue: (signal: AbortSignal) => Promise<void>;
}

/** How many monitors, and the checks of all workers that may wait and run at once. */
export interface QuietSize {
  readonly accounts: number;
  readonly symbols: number;
  readonly checksAtOnce: number;
  readonly workersAtMost: number;
}

/** Setting them up takes as long as the exchange's limits for one address make it. */
const SETUP_MS = 300_000;
const DUE_EVERY_MS = 50;

/**
 * One worker, scheduler and maintenance over monitors that have nothing to do: a position each, under its stop, with one
 * take-profit far away. The scheduler keeps the queues of as many workers full as there may be.
 */
export async function openQuietMonitors(size: QuietSize): Promise<QuietMonitors> {
  const { accounts, symbols, checksAtOnce, workersAtMost } = size;
  const settings = { SCHEDULER_TICK_MS: 10, FLEET_CONCURRENCY: workersAtMost * checksAtOnce };
  Object.assign(process.env, settings, { WORKER_CONCURRENCY: checksAtOnce });
  await using opened = new AsyncDisposableStack();
  const market = opened.use(await startMarket({ accounts, symbols }));
  const fleet = opened.use(await startFleet({ exchangeUrl: market.url, accountsFile: market.accountsFile }));
  for (const service of ['maintenance', 'scheduler', 'worker'] as const) fleet.start(service, `${service}-1`);
  await setUp(fleet, market);
  const resources = opened.move();
  return {
    market,
    fleet,
    keepDue: async (signal) => {
      while (!signal.aborted) {
        await Promise.all(ALL_BUCKETS.map((bucket) => openRound(fleet.redis, bucket, 0)));
        await pause(DUE_EVERY_MS);
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Resolves when so many workers are alive. */
export async function untilRunning(redis: Redis, count: number): Promise<void> {
  const running = async (): Promise<number> =>
    (await listProcesses(redis)).filter(({ service, alive }) => service === 'worker' && alive).length;
  while ((await running()) < count) await pause(100);
}

async function setUp({ redis, services }: Fleet, market: Market): Promise<void> {
  await untilRunning(redis, 1);
  const wanted = market.accounts.length * market.symbols.length;
  const startedMs = performance.now();
  const shape = { entries: [marketEntry('1')], takeProfits: ladder(['200', 100]) };
  const marketEntryDeadlineMs = Date.now() + SETUP_MS;
  const plans = market.accounts.flatMap((account) =>
    market.symbols.map((symbol) => planOn(account, 0, { symbol, ...shape, marketEntryDeadlineMs })),
  );
  await acceptAll(redis, plans);
  for (;;) {
    const { positions, openOrders } = await readTruth(market.url);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    process.stdout.write(`${seconds} s: ${positions.length} positions, ${openOrders.length} orders\n`);
    if (positions.length === wanted && openOrders.length === 2 * wanted) return;
    if (seconds * 1_000 > SETUP_MS || services.some(({ isRunning }) => !isRunning())) throw new Error('not set up');
    await pause(5_000);
  }
}
