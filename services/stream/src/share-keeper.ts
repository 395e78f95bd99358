import type { Notes } from '@backstop/runtime';
import {
  STREAM_LEASE_MS,
  endStreamBeat,
  holdStreams,
  releaseStreams,
  streamBeat,
  streamShare,
  type Redis,
} from '@backstop/store';

/** The stream of an account, as far as its lease is concerned. */
export interface HeldStream {
  /** What is vouched for under the lease; '' = nothing. */
  readonly session: string;
  /** The lease had run out and is held again. */
  readonly lapsed: () => void;
  readonly close: () => Promise<void>;
}

export interface ShareKeeperOptions {
  readonly redis: Redis;
  /** This process among those that share the accounts. */
  readonly owner: string;
  /** What it holds its leases under, as `streamHolder` made it. */
  readonly holder: string;
  /** Every account that there are credentials for. */
  readonly accounts: readonly string[];
  readonly open: (account: string) => HeldStream;
  /** Its stream is another process's from now on. */
  readonly gone: (account: string) => void;
  readonly log: Notes;
}

/** Keeps the leases of this process's share of the accounts, with an open stream for each that is held. */
export class ShareKeeper {
  readonly #options: ShareKeeperOptions;
  readonly #streams = new Map<string, HeldStream>();
  readonly #closing = new Set<Promise<void>>();
  #share: readonly string[] = [];
  #heldAtMs = Number.NEGATIVE_INFINITY;
  #namesakeSinceMs: number | undefined;
  #hasNamesake = false;

  constructor(options: ShareKeeperOptions) {
    this.#options = options;
  }

  /**
   * Once a second: tells that this process lives, gives up what is no longer its share, and claims and renews the rest. Rejects
   * when Redis does not answer: the streams stay open, and their leases run out by themselves.
   */
  async keep(): Promise<void> {
    const { redis, owner, holder, accounts } = this.#options;
    const owners = await streamBeat(redis, owner);
    this.#share = streamShare(owner, owners, accounts);
    const others = [...this.#streams.keys()].filter((account) => !this.#share.includes(account));
    for (const account of others) this.#drop(account);
    if (others.length > 0) await releaseStreams(redis, holder, others);
    await this.#hold();
  }

  /** Whether the leases live for all that this process can know: not after a time in which it was stopped or without Redis. */
  holds(): boolean {
    return performance.now() < this.#heldAtMs + STREAM_LEASE_MS;
  }

  /** Why its share is not in its hands; empty = it is. */
  reasons(): readonly string[] {
    if (!this.holds()) return ['the leases of its accounts were not renewed'];
    const missing = this.#share.filter((account) => !this.#streams.has(account)).length;
    if (missing === 0) return [];
    const other = this.#hasNamesake ? `another process of its name, ${this.#options.owner}` : 'another process';
    return [`${missing} of ${this.#share.length} accounts are still held by ${other}`];
  }

  /** Gives everything up, so that others may take it at once. */
  async close(): Promise<void> {
    const { redis, owner, holder } = this.#options;
    const accounts = [...this.#streams.keys()];
    for (const account of accounts) this.#drop(account);
    await Promise.allSettled([endStreamBeat(redis, owner), releaseStreams(redis, holder, accounts)]); // or they run out
    await Promise.all(this.#closing);
  }

  async #hold(): Promise<void> {
    const { redis, holder } = this.#options;
    const askedAtMs = performance.now();
    const claims = this.#share.map((account) => ({ account, session: this.#streams.get(account)?.session ?? '' }));
    const held = await holdStreams(redis, holder, claims);
    this.#heldAtMs = askedAtMs;
    this.#judgeNamesake([...held.values()].includes('namesake'), askedAtMs);
    for (const account of this.#share) {
      const hold = held.get(account);
      const stream = this.#streams.get(account);
      if (hold === undefined || hold === 'namesake') this.#drop(account);
      else if (stream === undefined) this.#open(account);
      else if (hold === 'claimed') stream.lapsed();
    }
  }

  /** The one before this one does not renew its leases: whoever still holds some when they must have run out lives. */
  #judgeNamesake(isThere: boolean, nowMs: number): void {
    this.#namesakeSinceMs = isThere ? (this.#namesakeSinceMs ?? nowMs) : undefined;
    const had = this.#hasNamesake;
    this.#hasNamesake = this.#namesakeSinceMs !== undefined && nowMs - this.#namesakeSinceMs > STREAM_LEASE_MS;
    if (!had && this.#hasNamesake) {
      const { log, owner } = this.#options;
      log.error({ owner }, 'another stream process has the same name: give each its own BACKSTOP_PROCESS_NAME');
    }
  }

  #open(account: string): void {
    this.#options.log.info({ account }, 'stream taken over');
    this.#streams.set(account, this.#options.open(account));
  }

  #drop(account: string): void {
    const stream = this.#streams.get(account);
    if (stream === undefined) return;
    this.#streams.delete(account);
    this.#options.log.info({ account }, 'stream handed over');
    const closed = stream.close();
    this.#closing.add(closed);
    void closed.finally(() => this.#closing.delete(closed));
    this.#options.gone(account);
  }
}
