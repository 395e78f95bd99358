/** How many scripts go to Redis at once, a tenth of a millisecond each: nobody waits behind more of them than that. */
const BATCH = 10;

/** Does `work` for each of `items`, a batch at a time and each batch at once. Resolves with what came of them, in their order. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += BATCH) {
    results.push(...(await Promise.all(items.slice(from, from + BATCH).map(work))));
  }
  return results;
}
