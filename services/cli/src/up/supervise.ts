import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { COMPILE_CACHE, endProcess, identify, sleep } from '@backstop/runtime';
import type { ProcessIdentity } from '@backstop/runtime';

export interface ChildSpec {
  readonly name: string;
  /** Program file for this Node. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Gets all that the process writes. */
  readonly logFile: string;
  /** Starts it again when it dies without having been asked to. */
  readonly restart: boolean;
}

export interface Child {
  readonly name: string;
  readonly logFile: string;
  /** Of the process that runs now. */
  readonly identity: () => ProcessIdentity;
  /** SIGTERM, and SIGKILL after the grace. Resolves when it is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
}

export interface ChildWatcher {
  readonly started: (name: string, identity: ProcessIdentity) => void;
  readonly died: (name: string, how: string) => void;
}

const FIRST_BACK_OFF_MS = 200;
const LONGEST_BACK_OFF_MS = 5_000;
/** One that has run this long starts with the first back-off again. */
const STABLE_MS = 10_000;

/**
 * Runs a process in a group of its own, so that the terminal's Ctrl-C reaches only this one, which then stops them in order.
 * Resolves when it has been started for the first time.
 */
export async function supervise(spec: ChildSpec, watcher: ChildWatcher): Promise<Child> {
  const stopping = new AbortController();
  let running = await start(spec, watcher);

  const keepRunning = async (): Promise<void> => {
    let backOffMs = FIRST_BACK_OFF_MS;
    for (;;) {
      const startedMs = performance.now();
      const how = await ended(running.process);
      if (stopping.signal.aborted) return;
      watcher.died(spec.name, how);
      if (!spec.restart) return;

      if (performance.now() - startedMs > STABLE_MS) backOffMs = FIRST_BACK_OFF_MS;
      const isWanted = await sleep(backOffMs, stopping.signal);
      if (!isWanted) return;
      backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
      running = await start(spec, watcher);
    }
  };
  const done = keepRunning();
  return {
    name: spec.name,
    logFile: spec.logFile,
    identity: () => running.identity,
    stop: async (graceMs) => {
      stopping.abort();
      await endProcess(running.identity, graceMs);
      await done;
      await endProcess(running.identity, graceMs); // one that was being started just then
    },
  };
}

interface Running {
  readonly process: ChildProcess;
  readonly identity: ProcessIdentity;
}

async function start({ name, program, args = [], env, logFile }: ChildSpec, watcher: ChildWatcher): Promise<Running> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [program, ...args], {
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const identity = identify(pid) ?? { pid, startedAt: 'ended at once' };
    watcher.started(name, identity);
    return { process: child, identity };
  } finally {
    await log.close();
  }
}

async function ended(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? `exit code ${child.exitCode}`;
}
