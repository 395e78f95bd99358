import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sleep } from './lifecycle.ts';

/** A process beyond doubt: a pid is used again, a pid with the time of its start is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

const POLL_MS = 20;

const identitySchema = z.object({ pid: z.number().int().positive(), startedAt: z.string().min(1) });

/** Reads what was stored of a ProcessIdentity as JSON; undefined = it is something else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const result = identitySchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/** Identifies a running process; undefined = there is none with that pid, or it has already ended (a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const startedAt = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
    return startedAt === undefined || startedAt === '' ? undefined : { pid, startedAt };
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

/**
 * Ends this very process: SIGTERM, and SIGKILL once `graceMs` have passed. Resolves when it is gone; says whether it had to
 * be killed. A process that has taken over the pid is left alone.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<'gone' | 'killed'> {
  const deadlineMs = performance.now() + graceMs;
  signalProcess(identity, 'SIGTERM');
  while (isRunning(identity)) {
    if (performance.now() >= deadlineMs) {
      signalProcess(identity, 'SIGKILL');
      while (isRunning(identity)) await sleep(POLL_MS);
      return 'killed';
    }
    await sleep(POLL_MS);
  }
  return 'gone';
}

function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Field 22 of /proc/PID/stat, ticks since boot; the command in brackets may hold spaces. The boot makes it unique over restarts. */
function startFromProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19] ?? ''}`;
}

function startFromPs(pid: number): string {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
