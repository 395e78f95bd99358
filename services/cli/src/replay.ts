import { ConfigError } from '@backstop/runtime';
import { describeAction, fromStoredDecision, openQueues, policyVersion, replayDecision } from '@backstop/store';
import type { RecordedDecision, Replay } from '@backstop/store';
import { z } from 'zod';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';
import { VerbError } from './verb-error.ts';

const LIMIT_MS = 30_000;
const DECISION_ID = /^[a-z2-7]{12}-[tl]\d+-\d+$/;
const answer = z.object({ json: z.string().nullable() });

/**
 * `backstop replay ID`: makes a recorded decision again by the rules of this version, and says whether the same comes out.
 * Throws ConfigError (exit code 2) for an id that is unknown or no id, VerbError (1) where something else comes out.
 */
export async function replay(id: string, context: VerbContext): Promise<void> {
  if (!DECISION_ID.test(id))
    throw new ConfigError(`${JSON.stringify(id)} is no decision: expected one such as aaaaaaaaaaaa-t0-17`, []);

  const record = await readDecision(id, context);
  const result = replayDecision(record);
  for (const line of report(record, result)) context.print(line);
  if (!result.same) throw new VerbError(`${id}: something else comes out`);
}

async function readDecision(id: string, context: VerbContext): Promise<RecordedDecision> {
  await using installation = await openInstallation(context);
  await using queues = openQueues(installation.redisUrl);
  const { json } = answer.parse(await queues.ask({ type: 'decision', id }, { timeoutMs: LIMIT_MS }));
  if (json === null)
    throw new ConfigError(`the archive knows no decision ${id}; \`backstop why\` lists the last ones`, []);
  const record = fromStoredDecision(json);
  if (record === undefined) throw new ConfigError(`${id} was recorded without its inputs: it cannot be made again`, []);
  return record;
}

function report(record: RecordedDecision, { same, differences }: Replay): readonly string[] {
  const { id, atMs, lane, policy, inputs, actions } = record;
  const { account, symbol } = inputs.context.plan;
  const now = policyVersion();
  return [
    `${id}  ${account}:${symbol} ${lane}, decided ${new Date(atMs).toISOString()}`,
    `rules  ${policy}${policy === now ? ', the same as now' : `, now ${now}`}`,
    ...(actions.length === 0 ? ['decided  no action'] : actions.map((action) => `decided  ${describeAction(action)}`)),
    ...(same ? ['the same comes out'] : ['something else comes out (- recorded, + now):', ...differences]),
  ];
}
