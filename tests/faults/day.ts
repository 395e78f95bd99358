import type { Adoption } from '@backstop/core';
import { ADOPTIONS } from './adopted.ts';
import { FAULT_KINDS, FAULT_NAMES, type FaultKind, type Happening } from './fault-kinds.ts';
import { MARKETS, type Contract } from './places.ts';
import { seededRandom, type Random } from './random.ts';
import { UNNOTICED_MS } from './unnoticed-ms.ts';

/** A trading day of ten minutes: everything that happens on it follows from its seed and its fault. */
export interface Day {
  readonly seed: number;
  readonly fault: string;
  readonly kinds: readonly FaultKind[];
  /** A fill may go unnoticed for so much longer than on a calm day, ms. */
  readonly unnoticedMs: number;
  readonly random: Random;
  readonly accounts: readonly string[];
  readonly contracts: readonly Contract[];
  readonly happenings: readonly Happening[];
  readonly isHedged: boolean;
  /** What becomes of positions without a plan; undefined = there are none. */
  readonly adoption: Adoption | undefined;
  readonly workers: number;
  /** A stream process is there from the beginning. */
  readonly hasStream: boolean;
  readonly latencyMs: number;
  /** The last fault is over, prices stand still, and from then on everything comes to rest. */
  readonly calmAtMs: number;
  readonly endsAtMs: number;
}

/** So far ahead that a real Redis, whose expiries are the day's, never acts on one by itself. */
export const START_MS = Date.UTC(2100, 0, 4, 9);
const CALM_AT_MS = 530_000;
const DAY_MS = 600_000;
/** Seeds that follow one another begin far apart. */
const SPREAD = 2_654_435_761;

export function makeDay(seed: number, fault: string): Day {
  const random = seededRandom(Math.imul(seed, SPREAD));
  const names = kindNames(fault, random);
  const kinds = names.map(kindOf);
  const settleMs = Math.max(DAY_MS - CALM_AT_MS, ...kinds.map((kind) => kind.settleMs ?? 0));
  return {
    seed,
    fault,
    kinds,
    unnoticedMs: names.reduce((sum, name) => sum + (UNNOTICED_MS[name] ?? 0), 0),
    random,
    accounts: random.chance(20) ? ['main', 'mirror'] : ['main'],
    contracts: random.pick(MARKETS),
    happenings: kinds.flatMap((kind) => kind.make(random)).toSorted((a, b) => a.atMs - b.atMs),
    isHedged: kinds.some((kind) => kind.isHedged === true),
    adoption: kinds.some(({ adopts }) => adopts === true) ? random.of('adoption').pick(ADOPTIONS) : undefined,
    workers: random.int(1, 3),
    hasStream: hasStream(seed, kinds),
    latencyMs: random.pick([20, 60, 150]),
    calmAtMs: CALM_AT_MS,
    endsAtMs: CALM_AT_MS + settleMs,
  };
}

/** Two of three seeds have one, also among those of one fault. */
function hasStream(seed: number, kinds: readonly FaultKind[]): boolean {
  if (kinds.some(({ needsStream }) => needsStream === true)) return true;
  const turn = FAULT_NAMES.length % 3 === 0 ? Math.floor(seed / FAULT_NAMES.length) : 0;
  return (seed + turn) % 3 !== 0;
}

/** Never part of a mixture: a ban of ten minutes, nothing, and what the other kinds do not know of. */
const ALONE = new Set(['forbidden', 'calm', 'hedge-mode', 'mixed']);

/** Of kinds, joined by `+`; `mixed` = three of them, whichever the seed gives. */
function kindNames(fault: string, random: Random): readonly string[] {
  if (fault !== 'mixed') return fault.split('+');
  const names = FAULT_NAMES.filter((name) => !ALONE.has(name));
  return Array.from({ length: 3 }, () => names[random.int(0, names.length - 1)] ?? '');
}

function kindOf(name: string): FaultKind {
  const kind = FAULT_KINDS[name];
  if (kind === undefined) throw new RangeError(`no such fault: ${name}`);
  return kind;
}
