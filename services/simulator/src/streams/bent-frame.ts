import { z } from 'zod';
import { bendRow } from '../http/bend-result.ts';
import type { FaultSpec } from '../sim/fault-spec.ts';

const frame = z.looseObject({ data: z.array(z.unknown()) });

/** The frame with its first row bent by the `unknown-enum` and `unknown-field` faults among `faults`. */
export function bentFrame(text: string, faults: readonly FaultSpec[]): string {
  if (!faults.some(({ kind }) => kind === 'unknown-enum' || kind === 'unknown-field')) return text;
  const parsed = frame.safeParse(JSON.parse(text));
  if (!parsed.success) return text;
  const [first, ...rest] = parsed.data.data;
  return JSON.stringify({ ...parsed.data, data: [bendRow(first, faults), ...rest] });
}
