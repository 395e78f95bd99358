import { decimal, format } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import type { Credentials, Workload } from '@backstop/intake';
import { z } from 'zod';

const slot = { account: z.string(), symbol: z.string(), positionIdx: z.number() };

const order = z.object({
  ...slot,
  orderId: z.string(),
  orderLinkId: z.string(),
  side: z.string(),
  orderType: z.string(),
  stopOrderType: z.string(),
  reduceOnly: z.boolean(),
  orderStatus: z.string(),
  price: z.string(),
  leavesQty: z.string(),
  triggerPrice: z.string(),
});

const execution = z.object({
  ...slot,
  execId: z.string(),
  orderLinkId: z.string(),
  side: z.string(),
  stopOrderType: z.string(),
  execQty: z.string(),
  execPrice: z.string(),
  closedSize: z.string(),
});

const position = z.object({
  ...slot,
  side: z.string(),
  size: z.string(),
  stopLoss: z.string(),
  closedAtMs: z.number().optional(),
  unprotectedNow: z.boolean(),
  unprotectedMs: z.number(),
});

const truthSchema = z.object({
  totals: z.object({
    positions: z.number(),
    openNow: z.number(),
    protectedNow: z.number(),
    unprotectedMs: z.number(),
    throughMs: z.number(),
  }),
  positions: z.array(position),
  openOrders: z.array(order),
  executions: z.array(execution),
  requests: z.array(z.object({ account: z.string(), endpoint: z.string(), outcome: z.string(), count: z.number() })),
  rateLimited: z.number(),
  duplicates: z.array(z.unknown()),
  wrongCancels: z.array(z.unknown()),
  reactions: z.array(z.object({ ms: z.number() })),
});

/** What really happened on the simulated exchange, as far as a run reports it. Decimals are texts. */
export type Truth = z.output<typeof truthSchema>;
export type TrueOrder = z.output<typeof order>;
export type TrueExecution = z.output<typeof execution>;
export type TruePosition = z.output<typeof position>;

interface Walk {
  readonly seed: number;
  readonly stepMs: number;
  readonly volatilityPctPerMinute: number;
}

/** The simulator's control paths. Each rejects when it does not answer within 5 s or refuses. */
export interface SimulatorClient {
  readonly url: string;
  readonly list: (workload: Workload, credentials: readonly Credentials[]) => Promise<void>;
  readonly walk: (walk: Walk) => Promise<void>;
  readonly stopWalk: () => Promise<void>;
  readonly truth: () => Promise<Truth>;
}

const LIMIT_MS = 5_000;
/** USDT; enough for the margin of every plan of a workload at this leverage. */
export const START_BALANCE: Decimal = decimal('1000000');
const LEVERAGE = '10';

export function simulatorClient(url: string): SimulatorClient {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/sim/${path}`, {
      method,
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (response.ok) return response.json();
    throw new Error(`the simulator refused ${method} ${path}: ${await response.text()}`);
  };
  return {
    url,
    list: async (workload, credentials) => {
      await call('POST', 'instruments', { instruments: listedInstruments(workload) });
      const accounts = credentials.map((account) => ({
        ...account,
        balance: format(START_BALANCE),
        leverage: LEVERAGE,
      }));
      await call('POST', 'accounts', {
        accounts: accounts.map((account) => ({ ...account, mode: modeOf(workload, account.name) })),
      });
    },
    walk: async (walk) => void (await call('POST', 'walk', walk)),
    stopWalk: async () => void (await call('DELETE', 'walk')),
    truth: async () => truthSchema.parse(await call('GET', 'truth')),
  };
}

function listedInstruments({ instruments }: Workload): unknown[] {
  return [...instruments.values()].map(({ instrument, price }) => ({
    symbol: instrument.symbol,
    status: instrument.status,
    tickSize: format(instrument.tickSize),
    qtyStep: format(instrument.qtyStep),
    minOrderQty: format(instrument.minOrderQty),
    maxOrderQty: format(instrument.maxOrderQty),
    maxMktOrderQty: format(instrument.maxMktOrderQty),
    minNotionalValue: format(instrument.minNotionalValue),
    deliveryTime: instrument.deliveryTimeMs,
    price: format(price),
  }));
}

/** An account whose plans use position indexes 1 or 2 is in hedge mode. */
function modeOf({ plans }: Workload, account: string): 'one-way' | 'hedge' {
  return plans.some((plan) => plan.account === account && plan.positionIdx !== 0) ? 'hedge' : 'one-way';
}
