import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { openInProcess, setupFile } from '@backstop/simulator';
import { readStreams, type Redis } from '@backstop/store';
import { UNPLANNED } from './adopted.ts';
import { credentialsOf } from './credentials-of.ts';
import { START_MS, type Day } from './day.ts';
import { sumUp, type DayResult } from './day-result.ts';
import { openJudge, type Judge } from './judge.ts';
import { openMarket, type Market } from './market.ts';
import { openMemoryArchive } from './memory-archive.ts';
import { openProcessTimers } from './process-timers.ts';
import { setTheStage, type Stage, type StageProps } from './stage.ts';
import { openStorage } from './storage.ts';
import { openTrader, type Trader } from './trader.ts';
import type { Variant } from './variants.ts';
import { openVirtualTime, type VirtualTime } from './virtual-time.ts';
import type { World } from './world.ts';

export interface DayOptions {
  readonly variant?: Variant;
  readonly tell?: Tell;
  /** A server to keep everything in instead of the twin; its database is emptied. */
  readonly real?: Redis;
  /** Requests go through the SDK's HTTP library too: by default on real servers, and on every tenth day. */
  readonly throughSdk?: boolean;
}

/** Hears of everything that happens, for people; ms since the day began. */
type Tell = (atMs: number, line: string) => void;

const LOOK_EVERY_MS = 1_000;
const SDK_EVERY = 10;

/** Plays one day from its first moment to its last, and says what came of it. Takes over clock and timers of the process. */
export async function runDay(day: Day, { variant = {}, tell, real, ...options }: DayOptions = {}): Promise<DayResult> {
  const { throughSdk = real !== undefined || day.seed % SDK_EVERY === 0 } = options;
  const chance = Math.random;
  using time = openVirtualTime(START_MS);
  using timers = openProcessTimers();
  Math.random = day.random.of('product').fraction;
  const venue = openInProcess({ seed: day.seed, latencyMs: day.latencyMs, limits: 'real', setup: setupOf(day) });
  const storage = await openStorage(time.nowMs, { ...variant, ...(real && { real }) });
  const tellNow = (line: string): void => tell?.(Date.now() - START_MS, line);
  const archive = openMemoryArchive(tell && tellNow);
  let stage: Stage | undefined;
  try {
    stage = setTheStage(day, {
      venue,
      storage,
      archive,
      timers,
      variant,
      throughSdk,
      tell: tellNow,
      isTraced: tell !== undefined,
    });
    const { plans } = openTrading(day, { venue, storage, redis: stage.world.admin });
    const judge = openJudge({ plans, lost: stage.lost, day }, venue, tellNow);
    const calm = await play(day, time, { ...stage, judge, isBusy: storage.isBusy });
    await drainAll(stage.world.admin, archive.archive); // what was told since the last time
    const wrong = [...calm.wrong, ...(await streamFaults(day, stage.world))];
    return sumUp(day, { ...stage, ...calm, wrong, plans, judge, archive, venue });
  } finally {
    for (const stream of stage?.world.streams ?? []) stream.kill();
    venue.close();
    Math.random = chance;
  }
}

function openTrading(
  { random, accounts, contracts, isHedged, calmAtMs }: Day,
  { venue, storage: { queues }, redis }: Pick<StageProps, 'venue' | 'storage'> & { readonly redis: World['admin'] },
): Trader {
  const markets: Market[] = [];
  const trader = openTrader({
    random: random.of('trader'),
    redis,
    queues,
    accounts,
    isHedged,
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
  for (const process of [...world.workers, ...world.streams]) process.resume();

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

/** In the end a day's streams vouch for everything again. */
async function streamFaults({ hasStream, accounts }: Day, { admin }: World): Promise<readonly string[]> {
  if (!hasStream) return [];
  const streams = await readStreams(admin, accounts);
  return streams
    .filter(({ live, synced }) => !live || !synced)
    .map(({ account, why }) => `the stream of ${account} is not in sync: ${why}`);
}

function setupOf({ accounts, contracts, isHedged, adoption }: Day): ReturnType<typeof setupFile.parse> {
  return setupFile.parse({
    accounts: accounts.map((name) => ({ ...credentialsOf(name), mode: isHedged ? 'hedge' : 'one-way' })),
    instruments: [...contracts, ...(adoption === undefined ? [] : [UNPLANNED])].map(
      ({ symbol, tickSize, qtyStep, price }) => ({
        symbol,
        tickSize,
        qtyStep,
        price: `${price}`,
      }),
    ),
  });
}
