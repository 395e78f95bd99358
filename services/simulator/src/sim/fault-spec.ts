import { z } from 'zod';
import { anyDecimal, positive, symbolName } from './setup.ts';

const MOST_MS = 86_400_000;
const milliseconds = z.number().min(0).max(MOST_MS);

/** When a fault strikes, and how often. Times are milliseconds from the moment of posting. */
const timing = {
  probability: z.number().min(0).max(1).default(1),
  count: z.number().int().min(1).optional(),
  fromMs: z.number().min(0).default(0),
  untilMs: z.number().min(0).optional(),
};
/** Whom it strikes. `endpoint` is the end of a path ("order/create"), or the beginning or end of a topic. */
const whom = { account: z.string().optional(), endpoint: z.string().optional() };
const everywhere = { ...whom, ...timing };

const plain = [
  'reply-lost-before',
  'reply-lost-after',
  'rate-limited',
  'server-error',
  'order-processing',
  'key-revoked',
  'http-500',
  'partial-page',
  'unknown-enum',
  'unknown-field',
  'cancel-fill-race',
  'restarting',
] as const;

const latency = z
  .strictObject({
    kind: z.literal('latency'),
    ...everywhere,
    ms: milliseconds.optional(),
    medianMs: milliseconds.min(1).optional(),
    p99Ms: milliseconds.min(1).optional(),
  })
  .refine(({ ms, medianMs, p99Ms }) => ms !== undefined || (medianMs !== undefined && p99Ms !== undefined), {
    path: ['ms'],
    message: 'is required, or medianMs and p99Ms',
  });

/** What may happen to a request over REST, or to one over a trade socket. */
const requestFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(plain), ...everywhere }),
  latency,
  z.strictObject({
    kind: z.literal('refusal'),
    ...everywhere,
    retCode: z.number().int().positive(),
    retMsg: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('forbidden'), ...everywhere, ms: milliseconds.optional() }),
  z.strictObject({ kind: z.literal('stale-reads'), ...everywhere, ms: milliseconds }),
  z.strictObject({ kind: z.literal('clock-skew'), ...everywhere, ms: z.number().min(-MOST_MS).max(MOST_MS) }),
]);

/** What may happen to a frame on its way out of a stream. */
const frameFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['frame-dropped', 'frame-duplicated', 'frame-reordered']), ...everywhere }),
  z.strictObject({ kind: z.literal('frame-delayed'), ...everywhere, ms: milliseconds }),
]);

/**
 * What may happen to a socket. Cuts and half-open sockets come at `fromMs`, to `count` of the sockets that are open then;
 * with `untilMs` also to those that authenticate until then.
 */
const socketFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['half-open', 'socket-cut', 'auth-silent']), ...everywhere }),
]);

const happening = { ...timing, everyMs: milliseconds.min(1).optional() };
const onContract = { ...happening, symbol: symbolName };
const onPosition = {
  ...onContract,
  account: z.string(),
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
};
const gap = z
  .strictObject({
    kind: z.literal('gap'),
    ...onContract,
    price: positive.optional(),
    percent: z.number().gt(-100).max(1_000).optional(),
  })
  .refine(({ price, percent }) => (price === undefined) !== (percent === undefined), {
    path: ['price'],
    message: 'either price or percent is required',
  });

const instrumentChange = z.strictObject({
  kind: z.literal('instrument-change'),
  ...onContract,
  tickSize: positive.optional(),
  qtyStep: positive.optional(),
  minOrderQty: positive.optional(),
  maxOrderQty: positive.optional(),
  maxMktOrderQty: positive.optional(),
  minNotionalValue: positive.optional(),
  status: z.enum(['PreLaunch', 'Trading', 'ReduceOnly', 'Settling', 'Delivering', 'Closed']).optional(),
});

/** What happens in the world: once at `fromMs`, or `count` times `everyMs` apart. */
const worldFault = z.discriminatedUnion('kind', [
  gap,
  z.strictObject({
    kind: z.literal('manual-open'),
    ...onPosition,
    side: z.enum(['Buy', 'Sell']),
    qty: positive,
    price: positive.optional(),
  }),
  z.strictObject({ kind: z.literal('manual-close'), ...onPosition, qty: positive.optional() }),
  z.strictObject({ kind: z.literal('manual-cancel-stop'), ...onPosition }),
  z.strictObject({ kind: z.literal('manual-move-stop'), ...onPosition, stop: positive }),
  z.strictObject({ kind: z.literal('liquidation'), ...onPosition }),
  z.strictObject({ kind: z.literal('adl'), ...onPosition, qty: positive.optional() }),
  z.strictObject({ kind: z.literal('funding'), ...onContract, rate: anyDecimal.optional() }),
  instrumentChange,
  z.strictObject({
    kind: z.literal('service-restart'),
    ...happening,
    account: z.string().optional(),
    ms: milliseconds.optional(),
  }),
]);

/** A fault as it is posted: its kind decides what else it takes. */
export const faultSpec = z.discriminatedUnion('kind', [requestFault, frameFault, socketFault, worldFault]);

export type FaultSpec = z.output<typeof faultSpec>;
export type RequestFault = z.output<typeof requestFault>;
export type FrameFault = z.output<typeof frameFault>;
export type SocketFault = z.output<typeof socketFault>;
export type WorldFault = z.output<typeof worldFault>;

const REQUEST_KINDS = requestFault.options.flatMap(kindsOf);
const FRAME_KINDS = frameFault.options.flatMap(kindsOf);
const SOCKET_KINDS = socketFault.options.flatMap(kindsOf);
const WORLD_KINDS = worldFault.options.flatMap(kindsOf);
/** Every kind, in the order in which a page may offer them. */
export const FAULT_KINDS: readonly string[] = [...REQUEST_KINDS, ...FRAME_KINDS, ...SOCKET_KINDS, ...WORLD_KINDS];

export function isFrameFault(spec: FaultSpec): spec is FrameFault {
  return FRAME_KINDS.includes(spec.kind);
}

export function isSocketFault(spec: FaultSpec): spec is SocketFault {
  return SOCKET_KINDS.includes(spec.kind);
}

export function isWorldFault(spec: FaultSpec): spec is WorldFault {
  return WORLD_KINDS.includes(spec.kind);
}

export function isRequestFault(spec: FaultSpec): spec is RequestFault {
  return REQUEST_KINDS.includes(spec.kind);
}

function kindsOf({ shape }: { shape: { kind: z.ZodLiteral<string> | z.ZodEnum } }): readonly string[] {
  return shape.kind instanceof z.ZodLiteral ? [...shape.kind.values].map(String) : shape.kind.options.map(String);
}
