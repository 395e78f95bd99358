import type { OrderRow, Plan, PositionRow } from '@backstop/core';
import { anInstrument, aPlan, aPosition, aStopRow, prices } from '@backstop/core/testing';
import {
  acceptPlans,
  beginFlight,
  BUCKETS,
  landAccount,
  openQueues,
  putInstruments,
  putPrices,
  redisTimeMs,
  setAccounts,
} from '@backstop/store';
import type { Redis } from '@backstop/store';
import { startRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { gatewayConfig } from '../src/config.ts';
import { openGateway } from '../src/open-gateway.ts';

export const TOKEN = 'the-token-of-the-tests';
export const OPERATOR = { authorization: `Bearer ${TOKEN}` };

/** A gateway over a real Redis of its own, on a port of its own. */
export interface TestGateway {
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined = the text is no JSON. */
  readonly json: unknown;
}

/** Opened once for a test file; Redis is empty before each test but for two accounts, one instrument and its price. */
export function useGateway(token: string | null = TOKEN): () => TestGateway {
  const resources = new AsyncDisposableStack();
  let gateway: TestGateway;
  beforeAll(async () => {
    const server = resources.use(await startRedis());
    const config = gatewayConfig.parse({
      REDIS_URL: server.url,
      BACKSTOP_PROCESS_NAME: 'gateway',
      BACKSTOP_GATEWAY_PORT: '0',
      BACKSTOP_LOG_LEVEL: 'silent',
      ...(token === null ? {} : { BACKSTOP_OPERATOR_TOKEN: token }),
    });
    const { url } = await openGateway(config, resources);
    gateway = { redis: server.redis, redisUrl: server.url, url };
  });
  beforeEach(async () => {
    const { redis } = gateway;
    await redis.flushdb();
    await setAccounts(redis, ['main', 'mirror']);
    await listMarket(redis);
  });
  afterAll(() => resources.disposeAsync());
  return () => gateway;
}

/** What maintenance keeps there: ALICEUSDT at 100. */
export async function listMarket(redis: Redis, ageMs = 0): Promise<void> {
  const atMs = (await redisTimeMs(redis)) - ageMs;
  const [instruments, market] = [
    new Map([['ALICEUSDT', anInstrument()]]),
    new Map([['ALICEUSDT', prices('100', atMs)]]),
  ];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    await putInstruments(redis, bucket, instruments);
    await putPrices(redis, bucket, market);
  }
}

export async function call(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000), ...options });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

export function post(url: string, body: unknown, headers: Record<string, string> = OPERATOR): Promise<Answer> {
  return call(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** An active plan. */
export async function activePlan({ redis, redisUrl }: TestGateway, overrides: Partial<Plan> = {}): Promise<Plan> {
  const plan = aPlan(overrides);
  await using queues = openQueues(redisUrl);
  const { accepted } = await acceptPlans(redis, queues, [plan]);
  if (accepted.length === 0) throw new Error('the place is taken');
  return plan;
}

/** What a read of the whole account has found: a protected position unless it says otherwise. */
export async function landRows(
  redis: Redis,
  account: string,
  rows: { readonly positions?: readonly PositionRow[]; readonly orders?: readonly OrderRow[] } = {},
): Promise<void> {
  const flight = await beginFlight(redis, account, 'account', { flightId: 'flight', ttlMs: 5_000 });
  if (!flight.won) throw new Error('somebody else reads');
  const { startMs, epoch } = flight;
  const { positions = [aPosition()], orders = [aStopRow()] } = rows;
  await landAccount(redis, account, { flightId: 'flight', startMs, epoch, positions, orders });
}

/** A plan as people write it, free of faults on this market. */
export function writtenPlan(change: object = {}): object {
  return {
    account: 'main',
    symbol: 'ALICEUSDT',
    side: 'Buy',
    entries: [
      { type: 'Market', qty: '100' },
      { type: 'Limit', qty: '100', price: '95' },
    ],
    takeProfits: [
      { price: '110', percent: 85 },
      { price: '115', percent: 15 },
    ],
    stopLoss: { triggerPrice: '90' },
    ...change,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
