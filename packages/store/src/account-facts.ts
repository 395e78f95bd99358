import type { Redis } from 'ioredis';
import { readAccounts } from './account-picture.ts';
import { readAccountRows } from './account-rows.ts';
import type { AccountFacts } from './diagnosis/find-anomalies.ts';
import { peekInstallation } from './fleet.ts';
import { readMonitors } from './monitor-picture.ts';
import { redisTimeMs } from './redis.ts';

/** Everything that the store knows of these accounts (of every account without), one look each: nothing asks the exchange. */
export async function readAccountFacts(redis: Redis, accounts?: readonly string[]): Promise<readonly AccountFacts[]> {
  const [monitors, installation] = await Promise.all([readMonitors(redis, accounts), peekInstallation(redis)]);
  const pictures = await readAccounts(redis, monitors);
  const asked = pictures.filter(({ name }) => accounts === undefined || accounts.includes(name));
  return Promise.all(
    asked.map(async (account) => {
      const [rows, nowMs] = await Promise.all([readAccountRows(redis, account.name), redisTimeMs(redis)]);
      const own = monitors.filter(({ ref }) => ref.account === account.name);
      return { nowMs, account, rows, monitors: own, installation };
    }),
  );
}
