import { ConfigError } from '@backstop/runtime';
import { pollUntil } from './poll-until.ts';
import type { Preparation } from './prepare.ts';
import { submitPlans } from './submit-plans.ts';
import type { Handover, Submitted } from './submit-plans.ts';

export const LEFT_OUT = 'no new plan was accepted, since this has to be put right first';

const LIMIT_MS = 60_000;
const POLL_MS = 1_000;

interface Listener {
  readonly print: (text: string) => void;
  readonly ending: AbortSignal;
}

/**
 * Hands the plans over and tells which were new. Throws ConfigError for their faults, unless a kept state may have monitors
 * that depend on this run: then it tells the faults and returns them. There, what does not answer is asked again for a
 * minute, and never ends the run.
 */
export async function handOver(
  preparation: Pick<Preparation, 'workload' | 'isKept' | 'judge'>,
  run: Handover,
  { print, ending }: Listener,
): Promise<Submitted> {
  const { isKept } = preparation;
  const submitted = await (isKept
    ? keepTrying(() => submitPlans(preparation, run), ending)
    : submitPlans(preparation, run));
  const { faults } = submitted;
  if (!isKept && faults.length > 0) throw new ConfigError(LEFT_OUT, faults);

  tell(submitted, print);
  return submitted;
}

async function keepTrying(submit: () => Promise<Submitted>, ending: AbortSignal): Promise<Submitted> {
  let why = 'no answer';
  const attempt = (): Promise<Submitted | undefined> =>
    submit().catch((error: unknown) => {
      if (error instanceof Error) why = error.message;
      return undefined;
    });
  const submitted = await pollUntil(attempt, { everyMs: POLL_MS, limitMs: LIMIT_MS, signal: ending });
  if (submitted !== undefined) return submitted;

  const faults = ending.aborted ? [] : [`it cannot be told which plans are new: ${why}`];
  return { accepted: [], kept: [], over: [], faults };
}

function tell({ accepted, kept, over, faults }: Submitted, print: Listener['print']): void {
  const counts = [
    `${accepted.length} accepted`,
    ...(kept.length === 0 ? [] : [`${kept.length} went on from the kept state`]),
    ...(over.length === 0 ? [] : [`${over.length} ${over.length === 1 ? 'is' : 'are'} over`]),
  ];
  print(`plans        ${counts.join(', ')}`);
  for (const { account, symbol, side } of over) {
    print(`             ${account} ${symbol} ${side} is over and not made again, unless its note is changed`);
  }
  if (faults.length === 0) return;
  print(`warning: ${LEFT_OUT}; the monitors of the kept state go on`);
  for (const fault of faults) print(`  ${fault}`);
}
