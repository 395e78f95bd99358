import { ConfigError } from '@backstop/runtime';
import { readMonitor, readMonitors } from '@backstop/store';
import type { MonitorPicture, Redis } from '@backstop/store';

/**
 * The monitor that is meant: by its id, by the beginning of it, or by `account:SYMBOL` or the beginning of that. One that has
 * closed within the hour is found by its whole id. Throws ConfigError where none or several are meant, and lists those.
 */
export async function findMonitor(redis: Redis, text: string): Promise<MonitorPicture> {
  const active = await readMonitors(redis);
  const exact = active.find(({ ref }) => ref.monitorId === text) ?? (await readMonitor(redis, text));
  if (exact !== undefined) return exact;

  const meant = active.filter((monitor) => text !== '' && names(monitor).some((name) => name.startsWith(text)));
  const [only] = meant;
  if (only === undefined)
    throw new ConfigError(`there is no monitor ${JSON.stringify(text)}; \`backstop status\` lists them`, []);
  if (meant.length > 1) throw new ConfigError(`${JSON.stringify(text)} may be any of`, meant.map(describe));
  return only;
}

function names({ ref: { monitorId, account, symbol, positionIdx } }: MonitorPicture): readonly string[] {
  return [monitorId, `${account}:${symbol}:${positionIdx}`];
}

function describe(monitor: MonitorPicture): string {
  const { plan, stage } = monitor;
  const [id, place] = names(monitor);
  return `${id}  ${place}  ${plan.side}, ${stage}`;
}
