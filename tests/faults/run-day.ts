import type { Check, Desk } from '@backstop/desk';
import { openInProcess, setupFile, type HttpRequest, type Reply } from '@backstop/simulator';
import { openStorage, type Storage } from './storage.ts';
import { START_MS, type Day } from './day.ts';
import { openInFlight, type InFlight } from './in-flight.ts';
import { openJudge, type Judge } from './judge.ts';
import { openMemoryArchive, type MemoryArchive } from './memory-archive.ts';
import { openMarket, type Market } from './market.ts';
import { openRedisServer } from './redis-server.ts';
import { sumUp, type DayResult } from './day-result.ts';
import { openTraps } from './traps.ts';
import { openTrader, type Trader } from './trader.ts';
import { openUpkeep } from './upkeep.ts';
import { openVirtualTime, type VirtualTime } from './virtual-time.ts';
import { openWorkerProcess, type Counts, type FleetParts } from './worker-process.ts';
import type { Redis } from '@backstop/store';
import type { Variant } from './variants.ts';
import type { World } from './world.ts';

export interface DayOptions {
  readonly variant?: Variant;
  readonly tell?: Tell;
  /** A server to keep everything in instead of the twin; its database is emptied. */
  readonly real?: Redis;
}

/** Hears of everything that happens, for people; ms since the day began. */
type Tell = (atMs: number, line: string) => void;

const LOOK_EVERY_MS = 1_000;

/** Plays one day from its first moment to its last, and says what came of it. Takes over clock and timers of the process. */
export async function runDay(
  day: Day,
  { variant = {}, tell = () => undefined, real }: DayOptions = {},
): Promise<DayResult> {
  const chance = Math.random;
  using time = openVirtualTime(START_MS);
  Math.random = day.random.of('product').fraction;
  const venue = openInProcess({ seed: day.seed, latencyMs: day.latencyMs, limits: 'real', setup: setupOf(day) });
  const storage = await openStorage(time.nowMs, { ...variant, ...(real && { real }) });
  const tellNow = (line: string): void => tell(Date.now() - START_MS, line);
  const archive = openMemoryArchive(tellNow);
  try {
    const stage = setTheStage(day, { venue, storage, archive, variant, tell: tellNow });
    const { plans } = openTrading(day, { venue, storage, redis: stage.world.admin });
    const judge = openJudge({ plans, lost: stage.lost }, venue, tellNow);
    const calm = await play(day, time, { ...stage, judge, isBusy: storage.isBusy });
    return sumUp(day, { ...stage, ...calm, plans, judge, archive, venue });
  } finally {
    venue.close();
    Math.random = chance;
  }
}

interface Stage {
  readonly world: World;
  readonly counts: Counts;
  readonly inFlight: InFlight;
  /** When Redis was lost; 0 = never. */
  readonly lost: { readonly atMs: number };
  /** Of the day itself. */
  readonly failures: readonly string[];
}

interface Props {
  readonly venue: World['venue'];
  readonly storage: Storage;
  readonly archive: MemoryArchive;
  readonly variant: Variant;
  readonly tell: (line: string) => void;
}

function setTheStage(day: Day, { venue, storage, archive, variant, tell }: Props): Stage {
  const lost = { atMs: 0 };
  const failures: string[] = [];
  const traps = openTraps();
  const redis = openRedisServer(day.random.of('redis'));
  const inFlight = openInFlight();
  const counts = noCounts();
  const onCommand = { run: ignore };
  const parts: FleetParts = {
    accounts: day.accounts.map(credentialsOf),
    redis,
    connect: storage.connect,
    queues: storage.queues,
    send: async (check, request) => {
      const reply = await inFlight.during(check, request, (onEffect) => venue.request(request, onEffect));
      tell(lineOf(check, request, reply));
      return reply;
    },
    onDeparture: traps.onDeparture,
    counts,
    drainEveryMs: day.kinds.some(({ losesRedis }) => losesRedis === true) ? 500 : 5_000,
    onCommand: () => onCommand.run(),
    exchangeOf: variant.exchangeOf ?? ((exchange) => exchange),
    bend: (desk) => watched(variant.bend?.(desk) ?? desk, inFlight),
  };
  const upkeep = openUpkeep(parts, archive);
  onCommand.run = upkeep.nudge;
  const workers = Array.from({ length: day.workers }, () => openWorkerProcess(parts));
  const world: World = {
    random: day.random.of('faults'),
    venue,
    redis,
    admin: storage.connect(),
    upkeep,
    workers,
    spawn: () => void workers.push(openWorkerProcess(parts)),
    loseRedis: () => {
      lost.atMs = Date.now();
      storage.lose();
    },
    traps,
    accounts: day.accounts,
    symbols: day.contracts.map(({ symbol }) => symbol),
  };
  schedule(day, world, { tell, failures });
  return { world, counts, inFlight, lost, failures };
}

/** What does not happen for a fault of the day's own is a failure: the day would be calmer than it says. */
function schedule(
  { happenings }: Day,
  world: World,
  { tell, failures }: { readonly tell: (line: string) => void; readonly failures: string[] },
): void {
  for (const { atMs, act } of happenings) {
    const happen = (): void => {
      tell(`fault: ${act.name}`);
      act(world).catch((error: unknown) => failures.push(`a fault did not happen: ${String(error)}`));
    };
    setTimeout(happen, atMs);
  }
}

function lineOf(
  check: Check | undefined,
  { method, endpoint, query, body }: HttpRequest,
  reply: Reply | undefined,
): string {
  const whose = check === undefined ? '' : `${check.ref.monitorId}:${check.lane} `;
  const said = reply === undefined ? 'cut' : method === 'GET' ? `${reply.status}` : reply.body;
  return `${whose}${method} ${endpoint} ${query}${body.toString()} -> ${said}`;
}

/** The same desk; each decision's facts are noted. */
function watched(desk: Desk, inFlight: InFlight): Desk {
  return {
    ...desk,
    read: async (check) => {
      const reading = await desk.read(check);
      inFlight.decideOn(check, reading);
      return reading;
    },
  };
}

function noCounts(): Counts {
  return { decisions: 0, stale: 0, rateLimited: 0 };
}

function openTrading(
  { random, accounts, contracts, calmAtMs }: Day,
  { venue, storage: { queues }, redis }: Pick<Props, 'venue' | 'storage'> & { readonly redis: World['admin'] },
): Trader {
  const markets: Market[] = [];
  const trader = openTrader({
    random: random.of('trader'),
    redis,
    queues,
    accounts,
    markets: () => markets,
    untilMs: calmAtMs - 40_000,
  });
  for (const contract of contracts) {
    const plansNow = (): ReturnType<Trader['plansOn']> => trader.plansOn(contract.symbol);
    markets.push(openMarket(contract, { random: random.of(contract.symbol), untilMs: calmAtMs, plansNow }, venue));
  }
  return trader;
}

/** Until calm, and then on to the end; `settledMs` = how long after the calm began everything was right, and stayed so. */
async function play(
  day: Day,
  time: VirtualTime,
  { world, judge, isBusy }: Stage & { readonly judge: Judge; readonly isBusy: () => boolean },
): Promise<{ readonly settledMs: number | undefined; readonly wrong: readonly string[] }> {
  await time.run(day.calmAtMs, judge.look, isBusy);
  await world.venue.control('DELETE faults');
  world.redis.comeBack();
  for (const worker of world.workers) worker.resume();

  let settledMs: number | undefined;
  let wrong: readonly string[] = [];
  for (let ms = 0; ms < day.endsAtMs - day.calmAtMs; ms += LOOK_EVERY_MS) {
    wrong = judge.wrongNow();
    if (wrong.length > 0) settledMs = undefined;
    else settledMs ??= ms;
    await time.run(LOOK_EVERY_MS, judge.look, isBusy);
  }
  return { settledMs, wrong };
}

function setupOf({ accounts, contracts }: Day): ReturnType<typeof setupFile.parse> {
  return setupFile.parse({
    accounts: accounts.map(credentialsOf),
    instruments: contracts.map(({ symbol, tickSize, qtyStep, price }) => ({
      symbol,
      tickSize,
      qtyStep,
      price: `${price}`,
    })),
  });
}

function credentialsOf(name: string): { name: string; apiKey: string; secret: string } {
  return { name, apiKey: `key-${name}`, secret: `secret-${name}` };
}

function ignore(): void {}
