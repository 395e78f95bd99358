import { createHash } from 'node:crypto';
import { format } from '@backstop/core';
import { base32 } from './base32.ts';
import type { PlanInput } from './plan-schema.ts';

const LENGTH = 12;

/**
 * The id of a plan in a file: 12 characters of base32 (S-24) that follow from what the plan says, its note included, so that
 * reading the file again does not make the same trade again. How it is written (order of keys, `0.10` for `0.1`, a default
 * spelled out) does not count. `run` sets the plans of a run apart whose state nobody keeps.
 */
export function planIdOf(plan: PlanInput, run = ''): string {
  const digest = createHash('sha256')
    .update(`${run}\n${JSON.stringify(canonical(plan))}`)
    .digest();
  return base32(digest.subarray(0, LENGTH));
}

/** Decimals are text as they were in the first version: with another one, each plan would have another id. */
function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return `${format(value)}d`;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, field]) => [key, canonical(field)]));
}
