import { budgetedHooks } from '@backstop/desk';
import { openExchanges, privateStreamUrl } from '@backstop/exchange';
import { every } from '@backstop/runtime';
import { connectReader, openQueues, readStreams, type Queues, type Redis } from '@backstop/store';
import type { Observer } from '@backstop/stream/observe-streams';
import { openShare, type ShareParts } from '@backstop/stream/open-share';
import { expect } from 'vitest';
import type { DeskRig } from './desk-rig.ts';

/** A stream process in miniature: its own connections, and the loop that keeps its share. */
export interface StreamSeat extends AsyncDisposable {
  readonly owner: string;
  /** What its metrics would show. */
  readonly drift: readonly string[];
  readonly connects: readonly string[];
  readonly frames: () => number;
  /** How long each batch of frames took, from its receipt until those who have to look were woken, ms. */
  readonly tookMs: readonly number[];
  readonly reasons: () => readonly string[];
}

export interface StreamSeatOptions extends Pick<ShareParts, 'timings' | 'auditEveryMs'> {
  readonly owner?: string;
  /** In place of the one that belongs to the exchange's REST interface. */
  readonly streamUrl?: string;
  /** Who wakes monitors in place of the queues themselves. */
  readonly wakersOf?: (queues: Queues) => Pick<Queues, 'wake'>;
}

/** How long things may take that happen by themselves, on a machine that is busy with other things. */
export const SOON = { timeout: 20_000, interval: 20 } as const;
const KEEP_MS = 200;
const NO_AUDITS_MS = 3_600_000;

/** Opens one over a rig; audits only where the options ask for them. */
export async function openStreamSeat(
  rig: Pick<DeskRig, 'redisUrl' | 'venue' | 'log'>,
  { owner = 'stream-1', auditEveryMs = NO_AUDITS_MS, timings, streamUrl, wakersOf = itself }: StreamSeatOptions = {},
): Promise<StreamSeat> {
  await using opened = new AsyncDisposableStack();
  const redis = await connect(rig.redisUrl, owner, opened);
  const { observer, seen } = observe();
  const { accounts, url } = rig.venue;
  const exchanges = opened.use(
    openExchanges({
      accounts,
      baseUrl: url,
      maxSockets: 8,
      hooksOf: (account) => budgetedHooks(redis, account, observer),
    }),
  );
  const { log } = rig;
  const queues = openQueues(rig.redisUrl, { redis });
  opened.defer(() => queues.close());
  const share = openShare({
    redis,
    owner,
    accounts,
    observer,
    log,
    queues: wakersOf(queues),
    auditEveryMs,
    exchangeOf: exchanges.of,
    url: streamUrl ?? privateStreamUrl(url),
    ...(timings && { timings }),
  });
  opened.defer(() => share.close());
  keep(() => share.keep(), opened);
  const resources = opened.move();
  return {
    owner,
    ...seen,
    reasons: () => share.reasons(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function connect(redisUrl: string, owner: string, opened: AsyncDisposableStack): Promise<Redis> {
  const redis = connectReader(redisUrl, owner);
  redis.on('error', ignore);
  opened.defer(() => redis.disconnect());
  await redis.connect();
  return redis;
}

function keep(task: () => Promise<void>, opened: AsyncDisposableStack): void {
  const stop = new AbortController();
  const kept = every(KEEP_MS, stop.signal, task, ignore);
  opened.defer(async () => {
    stop.abort();
    await kept;
  });
}

function observe(): { observer: Observer; seen: Pick<StreamSeat, 'drift' | 'connects' | 'frames' | 'tookMs'> } {
  const [drift, connects, tookMs]: [string[], string[], number[]] = [[], [], []];
  let frames = 0;
  const observer: Observer = {
    request: ignore,
    budgetWait: ignore,
    synced: ignore,
    gone: ignore,
    connected: (outcome) => void connects.push(outcome),
    frames: (some) => void (frames += some.length),
    drifted: (kind) => void drift.push(kind),
    patched: (ms) => void tookMs.push(ms),
  };
  return { observer, seen: { drift, connects, tookMs, frames: () => frames } };
}

/** Waits until the streams of these accounts vouch for their rows. */
export async function untilSynced(redis: Redis, accounts: readonly string[] = ['main', 'other']): Promise<void> {
  await expect
    .poll(async () => (await readStreams(redis, accounts)).filter(({ synced }) => synced).length, SOON)
    .toBe(accounts.length);
}

/** Waits until no stream of these accounts vouches for anything. */
export async function untilUnsynced(redis: Redis, accounts: readonly string[] = ['main', 'other']): Promise<void> {
  await expect
    .poll(async () => (await readStreams(redis, accounts)).filter(({ synced }) => synced).length, SOON)
    .toBe(0);
}

/** Takes down what is woken instead of enqueuing it. */
export function listeningTo(woken: string[]): () => Pick<Queues, 'wake'> {
  return () => ({
    wake: async ({ monitorId }, lane, urgency, cause) => {
      woken.push(`${monitorId} ${lane} ${urgency} ${cause}`);
    },
  });
}

function itself(queues: Queues): Queues {
  return queues;
}

function ignore(): void {}
