import { decimal } from '@backstop/core';
import type { Balance, ReadBalances } from '@backstop/intake';
import type { Queues } from '@backstop/store';
import { z } from 'zod';

/** Maintenance gives up reading before that. */
const ASK_MS = 15_000;

const reply = z.record(
  z.string(),
  z.union([z.object({ equity: z.string().transform(decimal) }), z.object({ problem: z.string() })]),
);

/**
 * A gateway holds no keys: the maintenance service reads the balances. Where none answers within `timeoutMs`, or not as agreed,
 * that is the problem of each account.
 */
export function balanceReader(queues: Pick<Queues, 'ask'>, { timeoutMs = ASK_MS } = {}): ReadBalances {
  return async (accounts) => {
    try {
      const found = reply.parse(await queues.ask({ type: 'balances', accounts }, { timeoutMs }));
      return new Map(Object.entries(found));
    } catch (error) {
      const problem = problemOf(error);
      return new Map(accounts.map((account): [string, Balance] => [account, { problem }]));
    }
  };
}

function problemOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'maintenance gave an answer of another form';
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no answer';
}
