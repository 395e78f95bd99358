import type { FaultSpec } from '../sim/fault-spec.ts';

/** The fields whose values clients switch over, and so must expect new values of. */
const ENUMS = ['orderStatus', 'positionStatus', 'execType', 'accountType'] as const;

/** A listing with what nobody knows in its first row, when such a fault struck: a new enum value, a new field. */
export function bendResult(result: unknown, faults: readonly FaultSpec[]): unknown {
  if (!isListing(result)) return result;
  const [first, ...rest] = result.list;
  const bent = bendRow(first, faults);
  return bent === first ? result : { ...result, list: [bent, ...rest] };
}

/** One row of a listing or frame, bent by the `unknown-enum` and `unknown-field` faults among `faults`. */
export function bendRow(row: unknown, faults: readonly FaultSpec[]): unknown {
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (typeof row !== 'object' || row === null) return row;
  let bent = row;
  const name = ENUMS.find((field) => field in row);
  if (kinds.has('unknown-enum') && name !== undefined) bent = { ...bent, [name]: 'SomethingNew' };
  if (kinds.has('unknown-field')) bent = { ...bent, somethingNew: '1', somethingNested: { list: [{ a: null }] } };
  return bent;
}

/** Whether a result is a page of rows. */
export function isListing(result: unknown): result is { readonly list: readonly unknown[] } {
  return typeof result === 'object' && result !== null && 'list' in result && Array.isArray(result.list);
}
