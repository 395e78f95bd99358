import { flushCache } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';

/** `backstop cache flush`: drops the cached rows; plans, states and intents stay. */
export async function cacheFlush(context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const dropped = await flushCache(installation.redis);
  context.print(`dropped ${dropped} cached rows; the next checks read the exchange`);
}
