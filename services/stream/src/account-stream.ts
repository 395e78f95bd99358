import { randomUUID } from 'node:crypto';
import type { PrivateFrame, PrivateStream, PrivateStreamListener, StreamFailure } from '@backstop/core';
import { sleep, type Notes } from '@backstop/runtime';
import { endSession, markSynced, openSession, type Redis } from '@backstop/store';
import { FramePump } from './frame-pump.ts';
import { joinAgainMs } from './join-again-ms.ts';

const LEAST_APART_MS = 1_000;

/** What a process wants to know of its streams; it turns it into metrics. */
export interface StreamObserver {
  readonly synced: (account: string, isSynced: boolean) => void;
  readonly connected: (outcome: 'ready' | StreamFailure['reason']) => void;
  readonly frames: (frames: readonly PrivateFrame[]) => void;
}

/** Frames that follow each other, of one session. */
export interface FrameBatch {
  readonly frames: readonly PrivateFrame[];
  readonly session: string;
  /** When the first of them was received, by `performance.now()`. */
  readonly receivedAtMs: number;
}

export interface AccountStreamDeps {
  readonly redis: Redis;
  /** What this process holds its leases under. */
  readonly holder: string;
  /** Opens the account's private stream, which tells the listener of everything. */
  readonly open: (listener: PrivateStreamListener) => PrivateStream;
  /** Patches rows and wakes monitors. Rejects when nothing is known of what came of it. */
  readonly apply: (batch: FrameBatch) => Promise<void>;
  /** Reads from the exchange what frames before the session may have told. Rejects when some of it could not be read. */
  readonly reconcile: (session: string, signal: AbortSignal) => Promise<void>;
  /** Looks after an account in sync until the signal aborts. */
  readonly audit: (signal: AbortSignal) => Promise<void>;
  readonly observer: StreamObserver;
  readonly log: Notes;
}

/**
 * The private stream of one account whose lease is held: down -> joining (a session is open, frames are patched, the account is
 * read) -> synced (it vouches) -> down. It begins anew with each connection, after a patch that failed, and when the lease had
 * run out; what it vouched for ends with each of these.
 */
export class AccountStream {
  readonly account: string;
  readonly #deps: AccountStreamDeps;
  readonly #pump: FramePump;
  readonly #stream: PrivateStream;
  readonly #tasks = new Set<Promise<void>>();
  #begunAtMs = Number.NEGATIVE_INFINITY;
  #isConnected = false;
  #isClosed = false;
  #session = '';
  /** Ends when the present session does. */
  #course = new AbortController();

  constructor(account: string, deps: AccountStreamDeps) {
    this.account = account;
    this.#deps = deps;
    this.#pump = new FramePump({
      apply: (frames, receivedAtMs) => deps.apply({ frames, session: this.#session, receivedAtMs }),
      failed: (error) => this.#restart(`frames were not patched: ${toText(error)}`),
    });
    deps.observer.synced(account, false);
    this.#stream = deps.open({
      ready: () => this.#ready(),
      frames: (frames) => this.#frames(frames),
      down: (failure) => this.#down(failure),
    });
  }

  /** What it has open; '' = nothing that could be vouched for. */
  get session(): string {
    return this.#session;
  }

  /** The lease had run out and is held again: whatever was vouched for is over. */
  lapsed(): void {
    if (this.#session !== '') this.#restart('the lease had run out');
  }

  /** Ends it; resolves when nothing of it is under way. What it vouched for ends with the lease. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stream.close();
    this.#isConnected = false;
    this.#endCourse();
    await Promise.all([this.#pump.idle(), ...this.#tasks]);
  }

  #ready(): void {
    if (this.#isClosed) return;
    this.#deps.observer.connected('ready');
    this.#isConnected = true;
    this.#begin();
  }

  #frames(frames: readonly PrivateFrame[]): void {
    this.#deps.observer.frames(frames);
    this.#pump.push(frames);
  }

  #down({ reason, why }: StreamFailure): void {
    const { log, observer } = this.#deps;
    if (!this.#isConnected) observer.connected(reason);
    this.#isConnected = false;
    log.warn({ account: this.account, reason, why }, 'private stream lost');
    this.#leave(`${reason}: ${why}`);
  }

  /** Once more over the connection that stands. */
  #restart(why: string): void {
    this.#deps.log.warn({ account: this.account, why }, 'stream out of sync');
    this.#leave(why);
    if (this.#isConnected) this.#begin();
  }

  /** Ends what is vouched for, and says why; where Redis does not hear of it, the next renewal of the lease ends it too. */
  #leave(why: string): void {
    this.#endCourse();
    this.#do(endSession(this.#deps.redis, this.account, this.#deps.holder, why));
  }

  #endCourse(): void {
    this.#course.abort();
    this.#session = '';
    this.#pump.shut();
    this.#deps.observer.synced(this.account, false);
  }

  #begin(): void {
    this.#course.abort();
    this.#course = new AbortController();
    this.#do(this.#run(this.#course.signal));
  }

  /** Joins until it is in sync, then has it audited. What begins anew again and again does so once a second. */
  async #run(signal: AbortSignal): Promise<void> {
    const earlyMs = this.#begunAtMs + LEAST_APART_MS - performance.now();
    if (earlyMs > 0) await sleep(earlyMs, signal);
    this.#begunAtMs = performance.now();
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const failure: unknown = await this.#join(signal).catch((error: unknown) => error);
      if (signal.aborted) return;
      if (failure === undefined) return this.#synced(signal);

      const why = toText(failure);
      const { redis, holder, log } = this.#deps;
      log.warn({ account: this.account, why }, 'stream not in sync yet');
      this.#do(endSession(redis, this.account, holder, why));
      await sleep(joinAgainMs(attempt, failure), signal);
    }
  }

  /** Resolves with why it is not in sync; undefined = it is, or the signal aborted. */
  async #join(signal: AbortSignal): Promise<string | undefined> {
    const { redis, holder, reconcile } = this.#deps;
    const session = randomUUID();
    this.#session = session;
    const opening = openSession(redis, this.account, holder, session);
    this.#pump.open(opening);
    if (!(await opening)) return 'the lease is not held';

    await reconcile(session, signal);
    if (signal.aborted) return undefined;
    return (await markSynced(redis, this.account, holder, session)) ? undefined : 'the session is over';
  }

  async #synced(signal: AbortSignal): Promise<void> {
    const { observer, log, audit } = this.#deps;
    observer.synced(this.account, true);
    log.info({ account: this.account }, 'stream in sync');
    await audit(signal);
  }

  #do(task: Promise<unknown>): void {
    const done = task.then(
      () => undefined,
      (error: unknown) => this.#deps.log.warn({ account: this.account, err: error }, 'stream task failed'),
    );
    this.#tasks.add(done);
    void done.finally(() => this.#tasks.delete(done));
  }
}

function toText(error: unknown): string {
  if (typeof error === 'string') return error;
  return error instanceof Error ? error.message : 'an unknown failure';
}
