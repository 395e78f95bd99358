import { show } from '../engine/decimal.ts';
import type { Random } from '../engine/random.ts';
import { gaussian } from '../engine/random.ts';
import { isFrameFault, isRequestFault, isSocketFault, isWorldFault } from './fault-spec.ts';
import type { FaultSpec, FrameFault, RequestFault, SocketFault, WorldFault } from './fault-spec.ts';

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.326_347_874;

interface Fault {
  readonly spec: FaultSpec;
  readonly postedAtMs: number;
  hits: number;
  /** How often it has come due by itself, whether chance spared it or not. */
  turns: number;
  /** Why it could not happen, the last time. */
  problem: string | undefined;
  /** The next moment of a fault that comes by itself; `undefined` for those that wait for a request or a frame. */
  dueAtMs: number | undefined;
}

/** What a fault may strike: a request, a frame or a socket of an account ("" = none) at a path or topic. */
interface Target {
  readonly account: string;
  readonly endpoint: string;
  readonly nowMs: number;
}

/** The faults that are posted. Whatever is struck is counted; chance comes from the seed. */
export interface Faults {
  add: (specs: readonly FaultSpec[], nowMs: number) => void;
  clear: () => void;
  /** As posted, with the hits so far. */
  list: () => readonly Record<string, unknown>[];
  /** The faults of a request by its path, over REST or a trade socket ("ws/order/create"); `ms` of a latency is drawn. */
  strike: (request: Target) => readonly RequestFault[];
  /** The faults of a frame about to be sent, by its topic; unknown enums and fields only where the topic is named. */
  strikeFrame: (frame: Target) => readonly (FrameFault | RequestFault)[];
  /** The faults of a socket, by its path ("private", "trade", "public/linear"): when it opens and when it authenticates. */
  strikeSocket: (socket: Target) => readonly SocketFault[];
  /** When the next fault that comes by itself does; `undefined` = none is waiting. */
  nextDueMs: () => number | undefined;
  /** The faults that come by themselves and are due: world events, cuts and half-open sockets. */
  takeDue: (nowMs: number) => readonly (WorldFault | SocketFault)[];
  /** Writes down why a fault could not happen. */
  note: (spec: FaultSpec, problem: string) => void;
}

/** Frames have a stream of chance of their own, so that who listens does not change which requests are struck. */
export function createFaults(random: Random, frameRandom: Random): Faults {
  let faults: Fault[] = [];
  /** In two steps, so that `is` narrows the kinds and the draw is the same for all. */
  const struckBy = <T extends FaultSpec>(
    target: Target,
    is: (spec: FaultSpec) => spec is T,
    chance = random,
  ): readonly T[] =>
    faults.flatMap((fault) => {
      const { spec } = fault;
      if (!is(spec) || !concerns(fault, target) || chance() >= spec.probability) return [];
      fault.hits += 1;
      return [spec];
    });
  return {
    add: (specs, nowMs) => {
      faults.push(
        ...specs.map((spec) => ({
          spec,
          postedAtMs: nowMs,
          hits: 0,
          turns: 0,
          problem: undefined,
          dueAtMs: firstDueMs(spec, nowMs),
        })),
      );
    },
    clear: () => {
      faults = [];
    },
    list: () => faults.map(({ spec, hits, problem }) => ({ ...shown(spec), hits, ...(problem && { problem }) })),
    strike: (request) => struckBy(request, isRequestFault).map((spec) => drawn(spec, random)),
    strikeFrame: (frame) => struckBy(frame, isFrameOrRowFault, frameRandom),
    strikeSocket: (socket) => struckBy(socket, isFaultOfNewSockets),
    nextDueMs: () => {
      const dues = faults.flatMap(({ dueAtMs }) => (dueAtMs === undefined ? [] : [dueAtMs]));
      return dues.length === 0 ? undefined : Math.min(...dues);
    },
    takeDue: (nowMs) => faults.flatMap((fault) => takeIfDue(fault, nowMs, random)),
    note: (spec, problem) => {
      for (const fault of faults) if (fault.spec === spec) fault.problem = problem;
    },
  };
}

function firstDueMs(spec: FaultSpec, nowMs: number): number | undefined {
  const comesByItself = isWorldFault(spec) || spec.kind === 'socket-cut' || spec.kind === 'half-open';
  return comesByItself ? nowMs + spec.fromMs : undefined;
}

function takeIfDue(fault: Fault, nowMs: number, random: Random): readonly (WorldFault | SocketFault)[] {
  const taken: (WorldFault | SocketFault)[] = [];
  const { spec } = fault;
  while (fault.dueAtMs !== undefined && fault.dueAtMs <= nowMs) {
    fault.dueAtMs = isWorldFault(spec) ? dueAfter(fault, spec, fault.dueAtMs) : undefined;
    fault.turns += 1;
    // Chance meets socket faults one socket at a time.
    const happens = isSocketFault(spec) || (isWorldFault(spec) && random() < spec.probability);
    if (!happens) continue;
    fault.hits += 1;
    taken.push(spec);
  }
  return taken;
}

/** World events come `count` times (once, unless given), `everyMs` apart, and not after `untilMs`. */
function dueAfter(
  { postedAtMs, turns }: Fault,
  { everyMs, count, untilMs }: WorldFault,
  dueAtMs: number,
): number | undefined {
  if (everyMs === undefined || (count === undefined && untilMs === undefined)) return undefined;
  if (count !== undefined && turns + 1 >= count) return undefined;
  const nextMs = dueAtMs + everyMs;
  return untilMs !== undefined && nextMs - postedAtMs >= untilMs ? undefined : nextMs;
}

/** A latency with a distribution as one with the time that was drawn: lognormal, by its median and 99th percentile. */
function drawn(spec: RequestFault, random: Random): RequestFault {
  if (spec.kind !== 'latency' || spec.ms !== undefined) return spec;
  const { medianMs = 0, p99Ms = medianMs } = spec;
  const sigma = Math.log(Math.max(1, p99Ms / medianMs)) / Z99;
  return { ...spec, ms: medianMs * Math.exp(sigma * gaussian(random)) };
}

/** Cuts and half-open sockets are for those that are open when they come, and for new ones only while a window lasts. */
function isFaultOfNewSockets(spec: FaultSpec): spec is SocketFault {
  return isSocketFault(spec) && (spec.kind === 'auth-silent' || spec.untilMs !== undefined);
}

function isFrameOrRowFault(spec: FaultSpec): spec is FrameFault | RequestFault {
  if (isFrameFault(spec)) return true;
  return (spec.kind === 'unknown-enum' || spec.kind === 'unknown-field') && spec.endpoint !== undefined;
}

function concerns({ spec, postedAtMs, hits }: Fault, { account, endpoint, nowMs }: Target): boolean {
  const sinceMs = nowMs - postedAtMs;
  const isInTime = sinceMs >= spec.fromMs && (spec.untilMs === undefined || sinceMs < spec.untilMs);
  const isLeft = spec.count === undefined || hits < spec.count;
  return isInTime && isLeft && (accountOf(spec) ?? account) === account && isAt(spec, endpoint);
}

function isAt(spec: FaultSpec, endpoint: string): boolean {
  const meant = 'endpoint' in spec ? (spec.endpoint ?? '') : '';
  return endpoint.endsWith(meant) || endpoint.startsWith(`${meant}.`);
}

function accountOf(spec: FaultSpec): string | undefined {
  return 'account' in spec ? spec.account : undefined;
}

function shown(spec: FaultSpec): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(spec).map(([name, value]) => [name, typeof value === 'bigint' ? show(value) : value]),
  );
}
