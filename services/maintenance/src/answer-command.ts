import { format, type Decimal } from '@backstop/core';
import type { Archive, FoundBalances, FoundDecision, MaintenanceCommand, Redis } from '@backstop/store';
import { drainAll } from './tasks/drain-outbox.ts';

export interface CommandDeps {
  readonly redis: Redis;
  readonly archive: Archive;
  /** Reads an account from the exchange now; resolves with what came of it, in words. */
  readonly refresh: (account: string) => Promise<string>;
  /** Reads an account's equity, USDT; undefined = this process has no keys. */
  readonly equityOf?: (account: string) => Promise<Decimal>;
}

/**
 * Carries out an operator's command; what it returns is the reply. `persist` returns when everything is durable.
 * `known-plans` and `decision` archive everything first: a plan or decision of a moment ago is known too.
 */
export async function answerCommand(
  command: MaintenanceCommand,
  { redis, archive, refresh, equityOf }: CommandDeps,
): Promise<Readonly<Record<string, unknown>>> {
  switch (command.type) {
    case 'persist': {
      const drained = await drainAll(redis, archive);
      return { drained, ...(await archive.counts()) };
    }
    case 'known-plans': {
      await drainAll(redis, archive);
      return { ...(await archive.knownPlans(command.ids)) };
    }
    case 'decision': {
      await drainAll(redis, archive);
      const found: FoundDecision = { json: (await archive.decision(command.id)) ?? null };
      return { ...found };
    }
    case 'refresh': {
      const answers = command.accounts.map(async (account) => [account, await refresh(account)] as const);
      return Object.fromEntries(await Promise.all(answers));
    }
    case 'balances': {
      const answers = command.accounts.map(async (account) => [account, await balanceOf(account, equityOf)] as const);
      return Object.fromEntries(await Promise.all(answers));
    }
    default:
      throw new Error(`unknown command: ${JSON.stringify(command satisfies never)}`);
  }
}

async function balanceOf(account: string, equityOf: CommandDeps['equityOf']): Promise<FoundBalances[string]> {
  if (equityOf === undefined) return { problem: 'maintenance has no keys' };
  try {
    return { equity: format(await equityOf(account)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'no answer' };
  }
}
