import { differences, NO_LETTERS, outlook, readAccountFacts } from '@backstop/store';
import type { AccountFacts, Difference, MonitorPicture } from '@backstop/store';
import { readQuestion } from './account-question.ts';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';

const HEAD = ['account', 'symbol', 'monitor', 'item', 'verdict', 'wanted', 'stands', 'why'];

interface MonitorPlan {
  readonly monitorId: string;
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: number;
  /** null = its facts are not known now. */
  readonly differences: readonly Difference[] | null;
  /** What the next check reads from the exchange before it decides; null = nothing. */
  readonly readsFirst: string | null;
}

/** `backstop plan`: what is wanted against what stands, monitor by monitor, from the shared cache. Nothing is sent. */
export async function plan(options: unknown, context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const { accounts, monitorId, json } = await readQuestion(options, installation, context);
  const facts = await readAccountFacts(installation.redis, accounts);
  const plans = facts
    .flatMap((account) => account.monitors.map((monitor) => planOf(monitor, account)))
    .filter((one) => monitorId === undefined || one.monitorId === monitorId);

  if (json) context.print(JSON.stringify({ monitors: plans }, null, 2));
  else if (plans.length === 0) context.print('no active monitors');
  else for (const line of asText(plans)) context.print(line);
}

function planOf(monitor: MonitorPicture, { installation = NO_LETTERS }: AccountFacts): MonitorPlan {
  const seen = outlook(monitor, installation);
  return {
    ...monitor.ref,
    differences: seen === undefined ? null : differences(monitor, seen),
    readsFirst: seen?.readsFirst ?? null,
  };
}

function asText(plans: readonly MonitorPlan[]): readonly string[] {
  const changes = plans.flatMap((one) => (one.differences ?? []).filter(({ verb }) => verb !== 'keep'));
  const unknown = plans.filter((one) => one.differences === null).length;
  const notes = plans.flatMap(({ monitorId, readsFirst }) =>
    readsFirst === null ? [] : [`${monitorId} first reads ${readsFirst}: it may decide something else`],
  );
  const known = changes.length === 0 ? 'nothing differs' : `${changes.length} differences`;
  const rest = unknown === 0 ? '' : `, ${unknown} monitors are unknown now`;
  return [table(HEAD, plans.flatMap(toRows)), '', ...notes, `${known}${rest}; nothing was sent`];
}

function toRows({ monitorId, account, symbol, differences: lines }: MonitorPlan): string[][] {
  const place = [account, symbol, monitorId];
  if (lines === null) return [[...place, '?', '?', '?', '?', 'its facts are missing or too old']];
  if (lines.length === 0) return [[...place, '-', 'keep', '-', '-', 'nothing is wanted, nothing stands']];
  return lines.map(({ item, verb, desired, observed, reason, held }) => [
    ...place,
    item,
    verb,
    desired,
    observed,
    held === undefined ? reason : `${reason}; held: ${held}`,
  ]);
}
