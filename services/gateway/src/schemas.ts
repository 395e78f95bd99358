import { z } from 'zod';

const ms = z.number().describe('milliseconds');
const lane = z.enum(['tp-sl', 'limit-order']);
const kinds = z.enum(['positions', 'orders', 'lookups']);

export const STAGES = ['waiting', 'open', 'scaled-out', 'closing'] as const;

export const errorSchema = z.object({
  error: z.string(),
  faults: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ErrorBody = z.output<typeof errorSchema>;

const condition = z.object({ lane, name: z.string(), sinceMs: ms, detail: z.string() });

const mirror = z
  .object({
    group: z.string(),
    planId: z.string().describe('the same for all mirrors of one plan'),
    rule: z.enum(['fixed', 'ratio', 'shareOfBalance']),
    value: z.string(),
    balance: z.string().optional().describe('USDT, when the plan was accepted'),
  })
  .describe("the group's plan that it mirrors, and how its size came about");

export const monitorSchema = z.object({
  id: z.string(),
  account: z.string(),
  symbol: z.string(),
  positionIdx: z.number(),
  side: z.enum(['Buy', 'Sell']),
  mirror: mirror.optional(),
  stage: z.enum([...STAGES, 'closed', 'unknown']),
  size: z.string().nullable().describe('base coin; null = not known now'),
  stop: z.string().nullable().describe('level of the stop; null = none, or not known now'),
  protected: z.enum(['yes', 'no', 'flat', 'unknown']).describe('whether a verified stop covers the whole position'),
  missing: z.string().optional().describe('what an unprotected position lacks'),
  takeProfits: z.object({ planned: z.number(), resting: z.number(), filled: z.number() }),
  entries: z.object({ planned: z.number(), resting: z.number() }),
  conditions: z.array(condition),
  checkedAgoMs: ms.nullable().describe('since the last completed check; null = closed'),
  dueInMs: z
    .object({ 'tp-sl': ms.nullable(), 'limit-order': ms.nullable() })
    .describe('until the next check; negative = due; null = not due in this lane'),
});
export type MonitorView = z.output<typeof monitorSchema>;

const anything = z.record(z.string(), z.unknown());
const row = <Value extends z.ZodType>(value: Value) =>
  z.object({
    state: z.enum(['missing', 'expired', 'fresh', 'patched', 'dirty']),
    ageMs: ms.nullable().describe('since the read that it came from began'),
    value: value.nullable().describe('as the exchange lists it; null = flat, or not known now'),
  });

const accountCondition = z.object({
  name: z.string(),
  sinceMs: ms.nullable().describe('null = not known since when'),
  lastMs: ms.nullable().describe('when it was last seen to hold; null = not known'),
  detail: z.string(),
  next: z.string().describe('what Backstop does about it, and when'),
});
const leg = z.object({
  leg: z.string(),
  price: z.string().nullable().describe('null = at the market'),
  desired: z.string().nullable().describe('what should work of it now; null = not known now'),
  observed: z.string().nullable().describe('what works of it now; null = not known now'),
  executed: z.string(),
  note: z.string(),
});
const report = z.object({
  next: z.string().describe('why something or nothing is about to be sent'),
  stop: z.object({
    desired: z.string().nullable(),
    observed: z.string().nullable(),
    verified: z.enum(['yes', 'no', 'flat', 'unknown']).describe('by both rows of the exchange'),
    missing: z.string().optional(),
  }),
  takeProfits: z.array(leg),
  entries: z.array(leg),
  conditions: z
    .array(accountCondition.extend({ scope: z.enum(['tp-sl', 'limit-order', 'account', 'cache']) }))
    .describe('levels that hold now: of the lanes, of the account, of the cache'),
  differences: z
    .array(
      z.object({
        item: z.string().describe('`stop`, or the leg of an order'),
        verb: z.enum(['keep', 'set-stop', 'create', 'amend', 'cancel']),
        desired: z.string(),
        observed: z.string(),
        reason: z.string(),
        held: z.string().optional().describe('why it is not sent in this moment'),
      }),
    )
    .nullable()
    .describe('desired against observed; null = the facts are not known now'),
});
const decision = z.object({
  id: z.string().describe('what `backstop replay` takes'),
  lane,
  atMs: ms,
  outcomes: z.array(z.string()).describe('what was sent and why, and what became of it'),
  raised: z.array(z.string()),
  cleared: z.array(z.string()),
});

export const monitorDetailSchema = monitorSchema.extend({
  plan: anything,
  lanes: z.record(lane, z.object({ version: z.number(), state: anything.nullable() })),
  position: row(anything),
  orders: row(z.array(anything)),
  executed: z.record(z.string(), z.object({ qty: z.string(), value: z.string(), fee: z.string() })),
  prices: anything.nullable(),
  openIntents: z.array(anything),
  report: report.describe('what is wanted, what stands, what differs, and what happens next'),
  decisions: z.array(decision).describe('the last ones that sent something or changed a condition, newest first'),
});
export type MonitorDetail = z.output<typeof monitorDetailSchema>;

export const monitorsSchema = z.object({ monitors: z.array(monitorSchema) });

const tally = z.object({ open: z.number(), protected: z.number(), unknown: z.number() });

export const accountsSchema = z.object({
  positions: tally,
  accounts: z.array(
    z.object({
      name: z.string(),
      monitors: z.number(),
      positions: tally,
      readFailures: z.object({ count: z.number(), restsForMs: ms.nullable() }),
      blocks: z
        .array(z.object({ scope: z.string(), forMs: ms }))
        .describe('what holds its requests back now: an endpoint class, `account`, or `address`'),
      foreignOrders: z.number().describe('orders of others at the places of its monitors, as far as known now'),
      stream: z
        .object({
          state: z.enum(['synced', 'joining', 'down']).describe('`down` = the account is polled'),
          process: z.string().nullable().describe('the process that holds it, or held it last'),
          sinceMs: ms.nullable().describe('Redis time since which it is synced'),
          why: z.string().nullable().describe('why it was lost the last time'),
        })
        .describe('the private stream that brings its fills at once'),
      conditions: z
        .array(accountCondition)
        .describe('levels that hold for it now: KeyRefused, Paused, Blind, RateLimited, Skew'),
    }),
  ),
});
export type AccountsView = z.output<typeof accountsSchema>;

const counts = z.object({
  fresh: z.number(),
  patched: z.number(),
  dirty: z.number().describe('outdated by a write of ours'),
  expired: z.number(),
  missed: z.number(),
  reads: z.number(),
  hits: z.number().describe('fresh and patched'),
  hitRate: z.number().nullable().describe('0..1; null = no reads yet'),
});

export const cacheSchema = z.object({
  total: counts,
  kinds: z.record(kinds, counts),
  rows: z
    .array(
      z.object({
        account: z.string(),
        kind: kinds,
        rows: z.number(),
        entries: z.number().describe('open positions, or working orders, in those rows'),
        dirty: z.number(),
        expired: z.number(),
        missing: z.number(),
        youngestMs: ms.nullable(),
        oldestMs: ms.nullable(),
      }),
    )
    .describe('rows that active monitors stand on'),
});
export type CacheView = z.output<typeof cacheSchema>;

export const processesSchema = z.object({
  processes: z.array(
    z.object({
      name: z.string(),
      service: z.string(),
      pid: z.number(),
      url: z.string().describe('of its /metrics, /healthz and /readyz'),
      alive: z.boolean(),
      heardAtMs: ms,
      startedAtMs: ms,
      counters: z.record(z.string(), z.number()),
    }),
  ),
});

export const queuesSchema = z.object({
  queues: z.array(
    z.object({
      name: z.enum(['tp-sl', 'limit-order', 'maintenance']),
      waiting: z.number().describe('events, which go before sweeps'),
      sweeps: z.number(),
      active: z.number(),
      failed: z.number(),
    }),
  ),
});

export const acceptedSchema = z.object({
  accepted: z.array(z.object({ id: z.string(), account: z.string(), symbol: z.string(), positionIdx: z.number() })),
});
export type AcceptedView = z.output<typeof acceptedSchema>;

export const persistedSchema = z
  .record(z.string(), z.number())
  .describe('entries archived by this command, and what the archive holds');
