import { setTimeout as pause } from 'node:timers/promises';
import type { InProcessSimulator } from '@backstop/simulator';
import { flushCache, type Redis } from '@backstop/store';
import { UNPLANNED } from './adopted.ts';
import { CONTRACTS } from './places.ts';
import type { Random } from './random.ts';
import type { RedisServer } from './redis-server.ts';
import type { Traps } from './traps.ts';
import type { Upkeep } from './upkeep.ts';
import type { FleetProcess } from './fleet-process.ts';
import type { StreamProcess } from './stream-process.ts';

/** What a day's faults can lay hands on. */
export interface World {
  readonly random: Random;
  readonly venue: InProcessSimulator;
  readonly redis: RedisServer;
  /** A connection that no fault touches. */
  readonly admin: Redis;
  readonly upkeep: Upkeep;
  readonly workers: FleetProcess[];
  readonly spawn: () => void;
  /** Those of the private streams; none on a day without streams. */
  readonly streams: StreamProcess[];
  /** One more, under the name that it holds leases by. */
  readonly spawnStream: (owner: string) => void;
  /** Redis and the queues with everything in them are gone. */
  readonly loseRedis: () => void;
  /** Only the queues are gone. */
  readonly loseQueues: () => void;
  readonly traps: Traps;
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
}

/** Has a fault of the exchange happen, as `POST /sim/faults` takes it. */
export async function strike({ venue }: World, fault: object): Promise<void> {
  await venue.control('POST faults', { faults: [fault] });
}

/** A worker dies as by kill -9, and another one is there a little later. */
export async function killWorker(world: World, respawnMs: number): Promise<void> {
  const [first, ...others] = world.workers.filter((worker) => worker.isAlive());
  if (first === undefined) return;
  world.random.pick([first, ...others]).kill();
  await pause(respawnMs);
  world.spawn();
}

/** A worker stands still as by SIGSTOP. */
export async function freezeWorker(world: World, forMs: number): Promise<void> {
  const [first, ...others] = world.workers.filter((worker) => worker.isAlive());
  if (first === undefined) return;
  const worker = world.random.pick([first, ...others]);
  worker.stop();
  await pause(forMs);
  worker.resume();
}

/**
 * The worker that amends an order next is frozen with the request under way, which reaches the exchange just before it would
 * be too old: others take over meanwhile.
 */
export async function freezeInFlight(world: World): Promise<void> {
  if (!world.traps.arm({ at: 'order/amend', how: 'freeze', forMs: 8_000 })) return;
  for (const endpoint of ['order/amend', 'order/amend-batch'])
    await strike(world, { kind: 'latency', ms: 3_700, endpoint, count: 1 });
}

/** Redis refuses connections, or holds what it is sent, for a while. */
export async function troubleRedis({ redis }: World, how: 'goAway' | 'freeze', forMs: number): Promise<void> {
  redis[how]();
  await pause(forMs);
  redis.comeBack();
}

export async function slowRedis({ redis }: World, forMs: number): Promise<void> {
  redis.slowDown(60);
  await pause(forMs);
  redis.comeBack();
}

export async function emptyCache({ admin }: World): Promise<void> {
  await flushCache(admin);
}

/** Maintenance dies, and another one is there some time later. */
export async function killMaintenance({ upkeep }: World, restartMs: number): Promise<void> {
  upkeep.killMaintenance();
  await pause(restartMs);
  upkeep.startMaintenance();
}

/** All schedulers die, and another one is there some time later. */
export async function killScheduler({ upkeep }: World, restartMs: number): Promise<void> {
  upkeep.killSchedulers();
  await pause(restartMs);
  upkeep.startScheduler();
}

/** One more scheduler runs beside the others, from now on. */
export async function addScheduler({ upkeep }: World): Promise<void> {
  upkeep.startScheduler();
}

/** The exchange revises ticks, steps and the least value of an order of one contract. */
export async function changeRules(
  world: World,
  { ticks, steps }: { readonly ticks: number; readonly steps: number },
): Promise<void> {
  const contract = CONTRACTS.find(
    ({ symbol }) => symbol === world.symbols[world.random.int(0, world.symbols.length - 1)],
  );
  if (contract === undefined) return;
  const { symbol, tickSize, qtyStep } = contract;
  const changed = {
    tickSize: times(tickSize, ticks),
    qtyStep: times(qtyStep, steps),
    minNotionalValue: `${5 * ticks}`,
  };
  await strike(world, { kind: 'instrument-change', symbol, ...changed });
}

function times(text: string, factor: number): string {
  return (Number(text) * factor).toFixed(text.split('.')[1]?.length ?? 0);
}

/** Somebody opens a position where no plan is, or closes it, or a jump of the price does. */
export async function openByHand(world: World): Promise<void> {
  const { random, accounts } = world;
  const { symbol } = UNPLANNED;
  const account = accounts[random.int(0, accounts.length - 1)];
  const dice = random.int(1, 10);
  if (dice <= 7) {
    const side = random.pick(['Buy', 'Sell']);
    await strike(world, { kind: 'manual-open', account, symbol, side, qty: `${random.int(3, 9)}` });
  } else if (dice === 8) await strike(world, { kind: 'manual-close', account, symbol });
  else await strike(world, { kind: 'gap', symbol, percent: random.pick([-7, -1.5, 1.5, 7]) });
}

/** An operator moves the stops of one symbol to some distance from the price, on whichever side they are. */
export async function moveStop(world: World): Promise<void> {
  const { venue, random } = world;
  const { accounts, instruments } = venue.simulator.engine.venue;
  for (const { name, positions } of accounts.values()) {
    for (const { symbol, positionIdx, side, size } of positions.values()) {
      const instrument = instruments.get(symbol);
      if (size === 0n || instrument === undefined || random.chance(50)) continue;
      const { last, tickSize } = instrument;
      const percent = BigInt(side === 'Buy' ? 100 - random.int(1, 8) : 100 + random.int(1, 8));
      const level = ((last * percent) / 100n / tickSize) * tickSize;
      await strike(world, { kind: 'manual-move-stop', account: name, symbol, positionIdx, stop: textOf(level) });
    }
  }
}

/** The exchange's number as text. */
function textOf(value: bigint): string {
  const digits = `${value}`.padStart(PLACES + 1, '0');
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
}

const PLACES = 18;
