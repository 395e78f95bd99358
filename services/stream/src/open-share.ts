import type { Exchange, PrivateStream, PrivateStreamListener } from '@backstop/core';
import { auditAccount, auditExecutions, auditPositions, openReceipts, type Reconciliation } from '@backstop/desk';
import { openPrivateStream, type Credentials, type PrivateStreamOptions } from '@backstop/exchange';
import type { Notes } from '@backstop/runtime';
import { streamHolder, type Queues, type Redis } from '@backstop/store';
import { AccountStream } from './account-stream.ts';
import { admitSocket } from './admit-socket.ts';
import { applyBatch } from './apply-batch.ts';
import { atMost } from './at-most.ts';
import { auditRows } from './audit-rows.ts';
import { joinAccount } from './join-account.ts';
import { LastFrames } from './last-frames.ts';
import type { Observer } from './observe-streams.ts';
import { readDeps, type ReadParts } from './read-deps.ts';
import { readSymbols } from './read-symbols.ts';
import { ShareKeeper } from './share-keeper.ts';

/** Accounts that are read at the same time after they were taken over. */
const JOINING_AT_ONCE = 16;

/** What the streams of a process stand on. */
export interface ShareParts extends Pick<PrivateStreamOptions, 'connect' | 'timings' | 'url'> {
  readonly redis: Redis;
  /** The name of this process: no other one that lives may have it. */
  readonly owner: string;
  readonly accounts: readonly (Credentials & { readonly name: string })[];
  readonly exchangeOf: (account: string) => Exchange;
  /** Over the connection `redis`: a wake-up takes effect after what was sent before it. */
  readonly queues: Pick<Queues, 'wake'>;
  readonly observer: Observer;
  readonly log: Notes;
  /** In place of the real period of audits. */
  readonly auditEveryMs?: number;
}

/** This process's share of the accounts, none of it held yet: `keep` is to be called once a second. */
export function openShare(parts: ShareParts): ShareKeeper {
  const { redis, owner, accounts, observer, log } = parts;
  const holder = streamHolder(owner);
  const reads: ReadParts = { ...parts, receipts: openReceipts() };
  const oneOfFew = atMost(JOINING_AT_ONCE);
  let joining = 0;
  const join = async (joined: Reconciliation): Promise<void> => {
    joining += 1;
    try {
      await oneOfFew(() => joinAccount(joined, reads));
    } finally {
      joining -= 1;
    }
  };
  const keeper: ShareKeeper = new ShareKeeper({
    redis,
    owner,
    holder,
    log,
    accounts: accounts.map((account) => account.name),
    gone: observer.gone,
    open: (account) => {
      const lastFrames = new LastFrames();
      return new AccountStream(account, {
        redis,
        holder,
        observer,
        log,
        open: (listener) => openStream(account, listener, parts),
        apply: (batch) => {
          lastFrames.note(batch.frames);
          return applyBatch(account, batch, { ...parts, holds: () => keeper.holds() });
        },
        reconcile: (session, signal) => join({ account, session, signal }),
        audit: (signal) => audit(account, signal, { ...parts, reads, lastFrames, isJoining: () => joining > 0 }),
      });
    },
  });
  return keeper;
}

function openStream(
  account: string,
  listener: PrivateStreamListener,
  { accounts, redis, url, connect, timings }: ShareParts,
): PrivateStream {
  const credentials = accounts.find(({ name }) => name === account);
  if (credentials === undefined) throw new RangeError(`no credentials for the account ${account}`);
  const { apiKey, secret } = credentials;
  return openPrivateStream({
    credentials: { apiKey, secret },
    url,
    listener,
    admit: (signal) => admitSocket(redis, accounts.length, signal),
    ...(connect && { connect }),
    ...(timings && { timings }),
  });
}

type AuditParts = Pick<ShareParts, 'observer' | 'log' | 'auditEveryMs'> & {
  readonly reads: ReadParts;
  readonly lastFrames: LastFrames;
  readonly isJoining: () => boolean;
};

async function audit(
  account: string,
  signal: AbortSignal,
  { reads, lastFrames, isJoining, observer, log, auditEveryMs }: AuditParts,
): Promise<void> {
  await auditRows(signal, {
    account,
    positions: async (stop) => auditPositions(account, stop, await readDeps(reads)),
    whole: async (stop) => auditAccount(account, stop, await readDeps(reads)),
    symbols: (stop) => readSymbols({ account, signal: stop, lane: 'audit' }, reads),
    executions: async (stop) => auditExecutions(account, stop, await readDeps(reads)),
    lastFrames,
    drifted: ({ kind, symbol, positionIdx }) => {
      observer.drifted(kind);
      log.warn({ account, kind, symbol, positionIdx }, 'cache had drifted');
    },
    log,
    isJoining,
    ...(auditEveryMs !== undefined && { everyMs: auditEveryMs }),
  });
}
