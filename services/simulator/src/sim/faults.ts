import { z } from 'zod';
import type { Random } from '../engine/random.ts';

const KINDS = [
  'reply-lost-before',
  'reply-lost-after',
  'latency',
  'rate-limited',
  'server-error',
  'forbidden',
  'key-revoked',
  'http-500',
  'stale-reads',
  'unknown-enum',
] as const;

type FaultKind = (typeof KINDS)[number];

/** A fault as it is posted. Times are milliseconds from the moment of posting. */
export const faultSpec = z
  .strictObject({
    kind: z.enum(KINDS),
    account: z.string().optional(),
    endpoint: z.string().optional(),
    probability: z.number().min(0).max(1).default(1),
    count: z.number().int().min(1).optional(),
    fromMs: z.number().min(0).default(0),
    untilMs: z.number().min(0).optional(),
    ms: z.number().min(0).max(600_000).optional(),
  })
  .refine(({ kind, ms }) => ms !== undefined || (kind !== 'latency' && kind !== 'stale-reads'), {
    path: ['ms'],
    message: 'is required for this kind',
  });

export type FaultSpec = z.output<typeof faultSpec>;

interface Fault {
  readonly spec: FaultSpec;
  readonly postedAtMs: number;
  hits: number;
}

export interface Faults {
  add: (specs: readonly FaultSpec[], nowMs: number) => void;
  clear: () => void;
  list: () => readonly (FaultSpec & { hits: number })[];
  /** The faults that strike this request; each is counted as used. */
  strike: (request: { account: string; endpoint: string; nowMs: number }) => readonly FaultSpec[];
  /** Whether a fault of this kind is posted at all. */
  has: (kind: FaultKind) => boolean;
}

export function createFaults(random: Random): Faults {
  let faults: Fault[] = [];
  return {
    add: (specs, nowMs) => void faults.push(...specs.map((spec) => ({ spec, postedAtMs: nowMs, hits: 0 }))),
    clear: () => {
      faults = [];
    },
    list: () => faults.map(({ spec, hits }) => ({ ...spec, hits })),
    has: (kind) => faults.some(({ spec }) => spec.kind === kind),
    strike: ({ account, endpoint, nowMs }) => {
      const struck = faults.filter(
        (fault) => concerns(fault, { account, endpoint, nowMs }) && random() < fault.spec.probability,
      );
      for (const fault of struck) fault.hits += 1;
      return struck.map(({ spec }) => spec);
    },
  };
}

function concerns(
  { spec, postedAtMs, hits }: Fault,
  { account, endpoint, nowMs }: { account: string; endpoint: string; nowMs: number },
): boolean {
  const sinceMs = nowMs - postedAtMs;
  const isInTime = sinceMs >= spec.fromMs && (spec.untilMs === undefined || sinceMs < spec.untilMs);
  const isMeant = (spec.account ?? account) === account && endpoint.endsWith(spec.endpoint ?? '');
  return isInTime && isMeant && (spec.count === undefined || hits < spec.count);
}
