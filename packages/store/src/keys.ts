import type { Lane, PositionIdx } from '@backstop/core';
import { remembering } from './remembered.ts';

/** How many hash tags the accounts are spread over (DESIGN section 6). Changing it orphans what is stored. */
export const BUCKETS = 8;

/** Their numbers. */
export const ALL_BUCKETS: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/** The queues' BullMQ prefix: one tag, since nothing needs atomicity between a queue and a bucket. */
export const QUEUE_PREFIX = '{bs}';

/** Patterns of every key of an installation. */
export const KEY_PATTERNS = ['bs:*', `${QUEUE_PREFIX}:*`] as const;

/** FNV-1a over the account's name: stable over processes and versions. */
export function bucketOf(account: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(account, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % BUCKETS;
}

/** Keys of a bucket that belong to no single account. */
export interface BucketKeys {
  /** member -> Redis time when the monitor is due in this lane. */
  readonly due: (lane: Lane) => string;
  /** member -> Redis time of its last completed check in the tp-sl lane. */
  readonly checked: string;
  readonly outbox: string;
  readonly nonce: string;
  /** symbol -> Prices */
  readonly prices: string;
  /** symbol -> Instrument */
  readonly instruments: string;
  /** `kind:result` -> count */
  readonly cacheStats: string;
}

export function bucketKeys(bucket: number): BucketKeys {
  const tag = `bs:{b${bucket}}`;
  return {
    due: (lane) => `${tag}:due:${lane}`,
    checked: `${tag}:checked`,
    outbox: `${tag}:outbox`,
    nonce: `${tag}:nonce`,
    prices: `${tag}:prices`,
    instruments: `${tag}:instruments`,
    cacheStats: `${tag}:cache-stats`,
  };
}

/** Keys of one account; all carry the tag of its bucket, so that one script may touch any of them. */
export interface AccountKeys extends BucketKeys {
  readonly plan: (monitorId: string) => string;
  /** version, state and fence of one lane. */
  readonly lane: (monitorId: string, lane: Lane) => string;
  /** intent id -> Intent */
  readonly intents: (monitorId: string) => string;
  /** `by:sum:whole` and `by:sum:parts` -> what was executed; `seq` -> the newest execution applied. */
  readonly executed: (monitorId: string) => string;
  /** DecisionSummary, newest first. */
  readonly decisions: (monitorId: string) => string;
  /** `SYMBOL:idx` -> monitorId of the plan that is active there. */
  readonly active: string;
  readonly positionRow: (symbol: string, idx: PositionIdx) => string;
  readonly positionListing: string;
  readonly ordersRow: (symbol: string, idx: PositionIdx) => string;
  readonly ordersListing: string;
  readonly orderLookup: (orderLinkId: string) => string;
  /** `position` or an orderId -> what the stream told of it last, and when. For a minute. */
  readonly frames: (symbol: string, idx: PositionIdx) => string;
  /** `SYMBOL:idx` -> Redis time when the stream last told of it. For a minute after the last of all. */
  readonly told: string;
  /** intent id -> what a frame must show before that write is known to have come about. For a minute. */
  readonly awaited: (symbol: string, idx: PositionIdx) => string;
  /** `positions`, `orders` or `SYMBOL:idx` -> when a read of it last landed: tells an expired row from one never seen. */
  readonly landed: string;
  /** `SYMBOL:idx:lane` -> write epoch since which these rows are dirty; `SYMBOL:idx:at` -> Redis time of that write. */
  readonly dirty: string;
  /** Number of writes of ours so far: what orders reads and writes. */
  readonly epoch: string;
  /** execId -> its time, while it could be brought again. */
  readonly executionIds: string;
  readonly executionCursor: string;
  /** The id of the read that is under way. */
  readonly flight: (scope: string) => string;
  readonly waiters: (scope: string) => string;
  /** count, since, last and why of failed reads in a row, and the end of their back-off. */
  readonly failure: string;
  /** since, last, count and why of requests that were refused for the key's sake, while there are such. */
  readonly refusal: string;
  /** orderLinkId -> an order of ours that no active plan wants, noted until it is settled. */
  readonly orphans: string;
  /** `SYMBOL:idx` -> a position that no active plan attends, as whole listings have shown it. */
  readonly unattended: string;
  /** owner and until (the lease), session, synced, since and why of the account's private stream. */
  readonly stream: string;
}

/** The keys of an account, made once per process: they are asked for thousands of times a second. */
export const accountKeys: (account: string) => AccountKeys = remembering(makeAccountKeys);

function makeAccountKeys(account: string): AccountKeys {
  const tag = `bs:{b${bucketOf(account)}}`;
  return {
    ...bucketKeys(bucketOf(account)),
    plan: (monitorId) => `${tag}:plan:${monitorId}`,
    lane: (monitorId, lane) => `${tag}:lane:${monitorId}:${lane}`,
    intents: (monitorId) => `${tag}:intents:${monitorId}`,
    executed: (monitorId) => `${tag}:executed:${monitorId}`,
    decisions: (monitorId) => `${tag}:decisions:${monitorId}`,
    active: `${tag}:active:${account}`,
    positionRow: (symbol, idx) => `${tag}:row:position:${account}:${symbol}:${idx}`,
    positionListing: `${tag}:listing:positions:${account}`,
    ordersRow: (symbol, idx) => `${tag}:row:orders:${account}:${symbol}:${idx}`,
    ordersListing: `${tag}:listing:orders:${account}`,
    frames: (symbol, idx) => `${tag}:frames:${account}:${symbol}:${idx}`,
    told: `${tag}:told:${account}`,
    awaited: (symbol, idx) => `${tag}:awaited:${account}:${symbol}:${idx}`,
    orderLookup: (orderLinkId) => `${tag}:row:order:${account}:${orderLinkId}`,
    landed: `${tag}:landed:${account}`,
    dirty: `${tag}:dirty:${account}`,
    epoch: `${tag}:epoch:${account}`,
    executionIds: `${tag}:execution-ids:${account}`,
    executionCursor: `${tag}:execution-cursor:${account}`,
    flight: (scope) => `${tag}:flight:${account}:${scope}`,
    waiters: (scope) => `${tag}:waiters:${account}:${scope}`,
    failure: `${tag}:failure:${account}`,
    refusal: `${tag}:refusal:${account}`,
    orphans: `${tag}:orphans:${account}`,
    unattended: `${tag}:unattended:${account}`,
    stream: `${tag}:stream:${account}`,
  };
}

/**
 * Patterns of everything that can be read again from the exchange, of one account or of all, in the order in which it has to go.
 * What frames told goes first, then the flights: whoever read meanwhile may lack it, and lands what nothing vouches for. Rows come
 * before the listings that outdate them: without its listing an old row would count again.
 */
export function rowPatterns(account?: string): readonly string[] {
  const name = patternOf(account);
  const rows = ['position', 'orders', 'order'].map((kind) => `row:${kind}:${name}:*`);
  const told = [`frames:${name}:*`, `awaited:${name}:*`, `told:${name}`, `flight:${name}:*`];
  return [...told, ...rows, `listing:*:${name}`, `landed:${name}`].map((family) => `bs:{b*}:${family}`);
}

/** Matches the stream of one account, or of all. */
export function streamPattern(account?: string): string {
  return `bs:{b*}:stream:${patternOf(account)}`;
}

function patternOf(account: string | undefined): string {
  return account === undefined ? '*' : account.replaceAll(/[\\*?[\]]/g, '\\$&');
}

/** Keys of the call budget: one tag for all accounts, since the address limit spans them. */
export const budgetKeys = {
  account: (account: string, endpoint: string) => `bs:{budget}:${account}:${endpoint}`,
  address: 'bs:{budget}:address',
  /** One member per new socket to the exchange, scored by Redis time. */
  sockets: 'bs:{budget}:sockets',
} as const;

/** Keys that describe the fleet of processes and the rounds of checks. */
export const fleetKeys = {
  processes: 'bs:{fleet}:processes',
  rounds: 'bs:{fleet}:rounds',
  currentRound: 'bs:{fleet}:round',
  installation: 'bs:{fleet}:installation',
  accounts: 'bs:{fleet}:accounts',
  /** Stream processes by the Redis time at which they were heard last. */
  streams: 'bs:{fleet}:streams',
} as const;
