import type { ServiceProcess } from '@backstop/runtime';
import type { CheckRun } from '@backstop/store';
import { processCheck, type CheckDeps } from './process-check.ts';

/** A job in hand: its data, its token, and the signal that ends it when its lock or its time is up. */
export interface Taken {
  readonly run: CheckRun;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Runs one job's check and measures it. Rejects when the check could not be made: the due set brings the monitor back. */
export async function runCheck(
  { run, token, signal }: Taken,
  { running, ...deps }: CheckDeps & { readonly running: ServiceProcess },
): Promise<void> {
  const { lane, cause, account, symbol, positionIdx, monitorId } = run.data;
  const waitedMs = Math.max(run.startedAtMs - run.askedAtMs, 0); // two hosts' clocks
  running.metrics.jobWait.observe({ queue: lane, cause }, waitedMs / 1_000);
  const end = running.metrics.jobSeconds.startTimer({ queue: lane });
  try {
    const outcome = await processCheck({ ref: { account, symbol, positionIdx, monitorId }, lane, token, signal }, deps);
    running.count('jobsCompleted');
    end({ outcome });
  } catch (error) {
    running.count('jobsFailed');
    end({ outcome: 'failed' });
    running.log.warn({ monitorId, lane, err: error }, 'check failed');
    throw error;
  }
}
