/** The middle value; of an even number of values, the lower of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** The value that so many percent of the values do not exceed; NaN for none. */
export function percentile(values: readonly number[], percent: number): number {
  const at = Math.ceil((percent / 100) * values.length) - 1;
  return values.toSorted((a, b) => a - b)[Math.max(at, 0)] ?? Number.NaN;
}
