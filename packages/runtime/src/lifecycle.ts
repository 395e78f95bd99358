import { openLog } from './log.ts';

/** How long a process may take to end its work after a signal: under the 10 s after which most supervisors kill. */
export const DRAIN_MS = 8_000;

/**
 * Runs a process's life and then exits: 0 when `main` resolves, the error's `exitCode` and its message on stderr where it has
 * one (ConfigError and other faults of people: 2), 1 with a fatal log line for anything else. SIGTERM, SIGINT and SIGHUP (a
 * closed terminal) abort the signal; `main` then has DRAIN_MS, after which the process exits with 1.
 */
export async function runService(name: string, main: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const stop = new AbortController();
  const fail = (error: unknown, message: string): never => {
    openLog({ service: name, to: 'stderr' }).fatal({ err: error }, message);
    process.exit(1);
  };
  const onSignal = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    setTimeout(
      () => fail(new Error(`still busy ${DRAIN_MS} ms after the signal`), 'drain took too long'),
      DRAIN_MS,
    ).unref();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('SIGHUP', onSignal);
  process.stdout.on('error', () => undefined); // a reader that has gone is no reason to stop in mid-work
  process.on('unhandledRejection', (error) => fail(error, 'unhandled rejection'));
  process.on('uncaughtException', (error) => fail(error, 'uncaught exception'));

  try {
    await main(stop.signal);
  } catch (error) {
    if (hasExitCode(error)) {
      process.stderr.write(`${error.message}\n`);
      process.exit(error.exitCode);
    }
    if (!isAbort(error, stop.signal)) fail(error, 'stopped by an error');
  }
  process.exit(process.exitCode ?? 0);
}

/** Resolves after `ms`, or at once when the signal aborts; never rejects. Says whether the time has passed in full. */
export function sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  if (signal?.aborted === true) return Promise.resolve(false);

  const onAbort = (): void => {
    clearTimeout(timer);
    resolve(false);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', onAbort);
    resolve(true);
  }, ms);
  signal?.addEventListener('abort', onAbort, { once: true });
  return promise;
}

/**
 * Runs `task` now and then every `ms` from start to start, never twice at a time: a run that takes longer is followed by the
 * next at once. Resolves when the signal aborts and the running task has ended. What the task throws goes to `onError`,
 * and the loop goes on; without `onError` the loop ends with it.
 */
export async function every(
  ms: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => unknown,
  onError?: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const startedMs = performance.now();
    try {
      await task(signal);
    } catch (error) {
      if (isAbort(error, signal)) return;
      if (onError === undefined) throw error;
      onError(error);
    }
    await sleep(Math.max(0, ms - (performance.now() - startedMs)), signal);
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

function hasExitCode(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}
