import { accountName } from '@backstop/intake';
import { ConfigError } from '@backstop/runtime';
import { listAccounts, openQueues, readMonitors } from '@backstop/store';
import type { Redis } from '@backstop/store';
import { z } from 'zod';
import type { VerbContext } from './context.ts';
import type { Installation } from './installation.ts';
import { VerbError } from './verb-error.ts';

const REFRESH_LIMIT_MS = 15_000;

const schema = z.strictObject({
  account: accountName.optional(),
  monitor: z.string().optional(),
  json: z.boolean().default(false),
  fresh: z.boolean().default(false),
});

/** What a verb was asked about, read from its flags. */
export interface AccountQuestion {
  /** undefined = all of them. */
  readonly accounts: readonly string[] | undefined;
  /** undefined = all of them. */
  readonly monitorId: string | undefined;
  readonly json: boolean;
}

/**
 * Reads the flags of a verb that asks about accounts, and has maintenance read them from the exchange first where `--fresh` says
 * so. Throws ConfigError naming each fault: no account name, an unknown account or monitor; VerbError where an account could not
 * be read: it is then asked without `--fresh` what the cache still knows.
 */
export async function readQuestion(
  given: unknown,
  { redis, redisUrl }: Installation,
  context: VerbContext,
): Promise<AccountQuestion> {
  const { account, monitor, json, fresh } = parse(given);
  const known = await listAccounts(redis);
  const faults = [
    ...(account === undefined || known.includes(account) ? [] : [`--account: ${unknownAccount(account, known)}`]),
    ...(monitor === undefined ? [] : await faultsOf(monitor, redis)),
  ];
  if (faults.length > 0) throw toConfigError(faults);
  const accounts = account === undefined ? undefined : [account];
  if (fresh) await refresh(accounts ?? known, redisUrl, context);
  return { accounts, monitorId: monitor, json };
}

function parse(given: unknown): z.output<typeof schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw toConfigError(result.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`));
}

async function faultsOf(monitorId: string, redis: Redis): Promise<readonly string[]> {
  const monitors = await readMonitors(redis);
  const isActive = monitors.some(({ ref }) => ref.monitorId === monitorId);
  return isActive ? [] : [`--monitor: there is no active monitor ${monitorId}`];
}

/** Has maintenance read accounts from the exchange. What somebody else reads in this moment is fresh as well, and told. */
async function refresh(accounts: readonly string[], redisUrl: string, { warn }: VerbContext): Promise<void> {
  await using queues = openQueues(redisUrl);
  const reply = await queues
    .ask({ type: 'refresh', accounts }, { timeoutMs: REFRESH_LIMIT_MS })
    .catch(() => ({ '--fresh': 'the maintenance service does not answer' }));
  const answers = Object.entries(z.record(z.string(), z.string()).parse(reply));
  for (const [account, answer] of answers) if (isBeingRead(answer)) warn(`${account}: ${answer}`);
  const failed = answers.filter(([, answer]) => answer !== 'read' && !isBeingRead(answer));
  if (failed.length === 0) return;
  throw new VerbError(failed.map(([account, answer]) => `${account}: ${answer}`).join('\n'));
}

function isBeingRead(answer: string): boolean {
  return answer.startsWith('another process');
}

function unknownAccount(account: string, known: readonly string[]): string {
  return `unknown account ${account}; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`;
}

function toConfigError(faults: readonly string[]): ConfigError {
  return new ConfigError('nothing was asked', faults);
}
