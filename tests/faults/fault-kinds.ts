import { freezeBeforeIntent, freezeReader, freezeRecorder, holdEntry, loseJobs } from './directed.ts';
import type { Random } from './random.ts';
import { freezeStream, killStream, shareStreams, silenceAuth } from './stream-faults.ts';
import {
  addScheduler,
  changeRules,
  emptyCache,
  freezeInFlight,
  freezeWorker,
  killMaintenance,
  killScheduler,
  killWorker,
  moveStop,
  openByHand,
  slowRedis,
  strike,
  troubleRedis,
  type World,
} from './world.ts';

/** Something that happens on a day, and when, ms from its beginning. */
export interface Happening {
  readonly atMs: number;
  readonly act: Act;
}

type Act = (world: World) => Promise<void>;
type Make = (random: Random) => readonly Happening[];

export interface FaultKind {
  readonly make: Make;
  /** A position may be without its stop because somebody took it away: for so long at most in all, ms. */
  readonly unprotectedMs?: number;
  /** Stops may stand where they should not for so much longer, ms per position. */
  readonly misplacedMs?: number;
  /** The exchange refuses requests for their rate. */
  readonly limitsRates?: boolean;
  readonly losesRedis?: boolean;
  /** Trading rules change: ticks and steps become so many times as coarse. */
  readonly coarser?: { readonly ticks: number; readonly steps: number };
  /** Accounts hold a long and a short position of a contract at once. */
  readonly isHedged?: boolean;
  /** It is of private streams: its days always have one. */
  readonly needsStream?: boolean;
  /** People open positions of their own, and a policy says what becomes of them. */
  readonly adopts?: boolean;
  /** How long it takes from the last happening until everything can be as it should be, ms. */
  readonly settleMs?: number;
}

const FINE = { ticks: 1, steps: 1 };
const COARSER = { ticks: 5, steps: 2 };

/** Whatever frames were lost, an audit of everything has found it by then (ADR 0017). */
const UNTIL_AUDITED_MS = 160_000;

/** Faults begin when the plans are in, and end well before the day does. */
const FIRST_MS = 4_000;
const LAST_MS = 500_000;

export const FAULT_KINDS: Readonly<Record<string, FaultKind>> = {
  calm: { make: () => [] },
  latency: { make: during({ kind: 'latency', medianMs: 400, p99Ms: 3_000 }), misplacedMs: 15_000 },
  'reply-lost-before': { make: during({ kind: 'reply-lost-before', probability: 0.4 }) },
  'reply-lost-after': { make: during({ kind: 'reply-lost-after', probability: 0.4 }) },
  'http-500': { make: during({ kind: 'http-500', probability: 0.5 }) },
  'server-error': { make: during({ kind: 'server-error', probability: 0.5 }) },
  'rate-limited': { make: during({ kind: 'rate-limited', probability: 0.3 }), limitsRates: true },
  'order-processing': { make: during({ kind: 'order-processing', probability: 0.4 }) },
  restarting: { make: during({ kind: 'restarting' }), misplacedMs: 20_000 },
  'service-restart': {
    make: suddenly((random) => strikes({ kind: 'service-restart', ms: random.int(1_000, 9_000) })),
    misplacedMs: 60_000,
  },
  'key-revoked': { make: during({ kind: 'key-revoked' }), misplacedMs: 20_000 },
  forbidden: { make: once(strikes({ kind: 'forbidden', count: 1 })), settleMs: 660_000, misplacedMs: 700_000 },
  'entry-refused': { make: during({ kind: 'refusal', retCode: 110007, endpoint: 'order/create' }) },
  'stop-refused': { make: during({ kind: 'refusal', retCode: 10001, endpoint: 'position/trading-stop' }) },
  'partial-page': { make: during({ kind: 'partial-page', probability: 0.6 }) },
  'unknown-enum': { make: during({ kind: 'unknown-enum', probability: 0.5 }), misplacedMs: 30_000 },
  'unknown-field': { make: during({ kind: 'unknown-field', probability: 0.5 }) },
  'stale-reads': { make: during({ kind: 'stale-reads', ms: 900 }) },
  'cancel-fill-race': { make: during({ kind: 'cancel-fill-race', probability: 0.5 }) },
  'every-cancel-races': { make: allDay({ kind: 'cancel-fill-race' }) },
  'clock-skew': { make: during({ kind: 'clock-skew', ms: -4_000 }), misplacedMs: 20_000 },
  gap: { make: suddenly((random) => onSymbol({ kind: 'gap', percent: random.pick([-6, -3, 2.5, 5]) })) },
  'manual-open': {
    make: suddenly((random) => onPlace({ kind: 'manual-open', side: random.pick(['Buy', 'Sell']), qty: '3' })),
  },
  'manual-close': {
    make: suddenly((random) => onPlace({ kind: 'manual-close', ...(random.chance(50) && { qty: '4' }) })),
  },
  'manual-move-stop': { make: suddenly(() => moveStop), misplacedMs: 30_000 },
  'manual-cancel-stop': {
    make: suddenly(() => onPlace({ kind: 'manual-cancel-stop' })),
    unprotectedMs: 120_000,
    misplacedMs: 30_000,
  },
  liquidation: { make: suddenly(() => onPlace({ kind: 'liquidation' })) },
  adl: { make: suddenly(() => onPlace({ kind: 'adl', qty: '2' })) },
  funding: { make: suddenly(() => onSymbol({ kind: 'funding', rate: '0.0005' })) },
  'worker-killed': { make: suddenly((random) => (world) => killWorker(world, random.int(100, 4_000))) },
  'worker-frozen': { make: suddenly((random) => (world) => freezeWorker(world, random.int(1_000, 20_000))) },
  'frozen-in-flight': { make: suddenly(() => freezeInFlight) },
  'second-recorder': { make: suddenly(() => freezeRecorder) },
  'fence-lost': { make: suddenly(() => freezeBeforeIntent) },
  'moved-on': { make: suddenly(() => holdEntry) },
  'late-landing': { make: suddenly(() => freezeReader), misplacedMs: 10_000 },
  'jobs-lost': { make: suddenly(() => loseJobs) },
  'scheduler-killed': { make: suddenly((random) => (world) => killScheduler(world, random.int(500, 20_000))) },
  'two-schedulers': { make: once(addScheduler) },
  'instrument-change': {
    make: suddenly((random) => (world) => changeRules(world, random.pick([COARSER, FINE]))),
    coarser: COARSER,
    misplacedMs: 30_000, // until the rules are read
  },
  'hedge-mode': { make: () => [], isHedged: true },
  adoption: {
    make: suddenly(() => openByHand),
    adopts: true,
  },
  'maintenance-killed': { make: once((world) => killMaintenance(world, 30_000)) },
  'redis-away': { make: suddenly((random) => (world) => troubleRedis(world, 'goAway', random.int(200, 12_000))) },
  'redis-frozen': { make: suddenly((random) => (world) => troubleRedis(world, 'freeze', random.int(500, 8_000))) },
  'redis-slow': { make: suddenly((random) => (world) => slowRedis(world, random.int(2_000, 15_000))) },
  'redis-lost': { make: once(async (world) => world.loseRedis()), losesRedis: true },
  'cache-flushed': { make: suddenly(() => emptyCache) },
  'frame-dropped': {
    make: during({ kind: 'frame-dropped', probability: 0.5 }),
    needsStream: true,
    settleMs: UNTIL_AUDITED_MS,
    misplacedMs: 20_000,
  },
  'frame-duplicated': { make: during({ kind: 'frame-duplicated', probability: 0.5 }), needsStream: true },
  'frame-reordered': { make: during({ kind: 'frame-reordered', probability: 0.5 }), needsStream: true },
  'frame-delayed': { make: during({ kind: 'frame-delayed', probability: 0.5, ms: 1_500 }), needsStream: true },
  'socket-cut': { make: suddenly(() => strikes({ kind: 'socket-cut', count: 1 })), needsStream: true },
  'half-open': { make: suddenly(() => strikes({ kind: 'half-open', count: 1 })), needsStream: true },
  'auth-silent': {
    make: suddenly((random) => (world) => silenceAuth(world, random.int(3_000, 20_000))),
    needsStream: true,
  },
  'stream-killed': {
    make: suddenly((random) => (world) => killStream(world, random.int(100, 9_000))),
    needsStream: true,
  },
  'stream-frozen': {
    make: suddenly((random) => (world) => freezeStream(world, random.int(5_000, 60_000))),
    needsStream: true,
  },
  'two-streams': {
    make: suddenly((random) => {
      const how = { forMs: random.int(1_000, 30_000), leaves: random.chance(60) };
      return (world) => shareStreams(world, how);
    }),
    needsStream: true,
  },
};

/** Names of single kinds; `mixed` is three of them on one day. */
export const FAULT_NAMES: readonly string[] = [...Object.keys(FAULT_KINDS), 'mixed'];

/** Three to six stretches of 3 to 20 s during which the exchange has the fault. */
function during(fault: object): Make {
  return (random) =>
    Array.from({ length: random.int(3, 6) }, () => {
      const lengthMs = random.int(3_000, 20_000);
      const atMs = random.int(FIRST_MS, LAST_MS - lengthMs);
      return { atMs, act: strikes({ ...fault, untilMs: lengthMs }) };
    });
}

function allDay(fault: object): Make {
  return () => [{ atMs: FIRST_MS, act: strikes({ ...fault, untilMs: LAST_MS - FIRST_MS }) }];
}

/** Three to eight moments. */
function suddenly(make: (random: Random) => Act): Make {
  return (random) =>
    Array.from({ length: random.int(3, 8) }, () => ({ atMs: random.int(FIRST_MS, LAST_MS), act: make(random) }));
}

function once(act: Act): Make {
  return (random) => [{ atMs: random.int(FIRST_MS, LAST_MS), act }];
}

function strikes(fault: object): Act {
  return (world) => strike(world, fault);
}

function onSymbol(fault: object): Act {
  return (world) => strike(world, { ...fault, symbol: anyOf(world, world.symbols) });
}

function onPlace(fault: object): Act {
  return (world) =>
    strike(world, { ...fault, symbol: anyOf(world, world.symbols), account: anyOf(world, world.accounts) });
}

function anyOf({ random }: World, names: readonly string[]): string {
  return names[random.int(0, names.length - 1)] ?? '';
}
