import type { Fault } from '@backstop/core';
import type { z } from 'zod';
import { flattenIssues } from './flatten-issues.ts';
import { REPORT, toFaults } from './to-faults.ts';

/** `value` is there although there are faults when unknown keys were all that was wrong with the shape. */
export interface Parsed<T> {
  readonly value: T | undefined;
  readonly faults: readonly Fault[];
}

/**
 * Parses `raw` and says everything that is wrong with it. Unknown keys are faults, but what they stand beside is read all the
 * same: the faults of its content come in the same answer.
 */
export function parseAnyway<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  root: readonly PropertyKey[] = [],
): Parsed<z.output<Schema>> {
  const strict = schema.safeParse(raw, REPORT);
  if (strict.success) return { value: strict.data, faults: [] };

  const faults = toFaults(strict.error.issues, root);
  const known = structuredClone(raw);
  for (const issue of flattenIssues(strict.error.issues)) {
    if (issue.code === 'unrecognized_keys') remove(known, issue.path, issue.keys);
  }
  return { value: schema.safeParse(known).data, faults };
}

function remove(from: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const holder = path.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), from);
  if (!isObject(holder)) return;
  for (const key of keys) Reflect.deleteProperty(holder, key);
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
