import type { Decimal } from '../engine/decimal.ts';
import type { Position } from '../engine/model.ts';

const SLOT_MS = 300_000;
const MOST_SLOTS = 5_000;

/** How many contracts are open on a symbol, and how many were at the end of past five minutes. */
export interface OpenInterest {
  /** By account and side. */
  readonly sizes: Map<string, Decimal>;
  total: Decimal;
  /** The last value of each five minutes in which it changed, oldest first. */
  readonly changes: { readonly slotMs: number; value: Decimal }[];
}

export function startOpenInterest(): OpenInterest {
  return { sizes: new Map(), total: 0n, changes: [] };
}

export function notePosition(interest: OpenInterest, position: Readonly<Position>, atMs: number): void {
  const key = `${position.account}:${position.positionIdx}`;
  const before = interest.sizes.get(key) ?? 0n;
  if (before === position.size) return;
  interest.sizes.set(key, position.size);
  interest.total += position.size - before;
  const slotMs = atMs - (atMs % SLOT_MS);
  const last = interest.changes.at(-1);
  if (last?.slotMs === slotMs) last.value = interest.total;
  else interest.changes.push({ slotMs, value: interest.total });
  if (interest.changes.length > 2 * MOST_SLOTS) interest.changes.splice(0, MOST_SLOTS);
}

/** The value at a moment on a five-minute mark. */
export function openInterestAt({ changes }: OpenInterest, atMs: number): Decimal {
  return changes.findLast(({ slotMs }) => slotMs < atMs)?.value ?? 0n;
}
