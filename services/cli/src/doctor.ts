import { sleep } from '@backstop/runtime';
import { findAnomalies, readAccountFacts } from '@backstop/store';
import type { Anomaly, Redis } from '@backstop/store';
import { readQuestion } from './account-question.ts';
import type { VerbContext } from './context.ts';
import { lasting } from './lasting.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';
import { VerbError } from './verb-error.ts';

const HEAD = ['account', 'symbol', 'monitor', 'anomaly', 'what is there, and what happens next'];
/** What is being put right in this moment is no anomaly: one has to stand in two looks so far apart. */
const SECOND_LOOK_MS = 1_500;
/** Rows expire all the time and are read again at once. */
const FACTS_WITHIN_MS = 3_000;
const LOOK_AGAIN_MS = 250;

/**
 * `backstop doctor`: names everything that is not as it should be, with its numbers, what Backstop does about it and what is left
 * to the operator. Throws VerbError (exit code 1) where there is something.
 */
export async function doctor(options: unknown, context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const { accounts, json } = await readQuestion(options, installation, context);
  const found = await examine(installation.redis, accounts, context.signal);

  if (json) context.print(JSON.stringify({ anomalies: found }, null, 2));
  else if (found.length === 0) context.print('nothing found');
  else context.print(table(HEAD, found.map(toRow)));
  if (found.length > 0) throw new VerbError(`${found.length} ${found.length === 1 ? 'anomaly' : 'anomalies'} found`);
}

async function examine(
  redis: Redis,
  accounts: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly Anomaly[]> {
  const look = async (): Promise<readonly Anomaly[]> =>
    (await readAccountFacts(redis, accounts)).flatMap((facts) => findAnomalies(facts));
  const untilMs = performance.now() + FACTS_WITHIN_MS;
  let first = await look();
  while (first.some(isUnknown) && performance.now() < untilMs && (await sleep(LOOK_AGAIN_MS, signal)))
    first = await look();
  if (first.length === 0) return [];

  await sleep(SECOND_LOOK_MS, signal);
  return lasting(first, await look());
}

function isUnknown({ name }: Anomaly): boolean {
  return name === 'FactsUnknown' || name === 'AccountUnread';
}

function toRow({ account, symbol, monitorId, name, detail, backstop, operator }: Anomaly): string[] {
  const next = [
    ...(backstop === undefined ? [] : [`Backstop: ${backstop}`]),
    ...(operator === undefined ? [] : [`you: ${operator}`]),
    ...(backstop === undefined && operator === undefined ? ['Backstop: looks again with the next check'] : []),
  ];
  return [account, symbol ?? '', monitorId ?? '', name, [detail, ...next].join('\n')];
}
