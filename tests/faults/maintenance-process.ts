import type { Lane } from '@backstop/core';
import { budgetedHooks, openReceipts, refreshAccount } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { adoptPositions } from '@backstop/maintenance/tasks/adopt-positions';
import { cancelOrphans } from '@backstop/maintenance/tasks/cancel-orphans';
import { drainAll } from '@backstop/maintenance/tasks/drain-outbox';
import { noticeLoss } from '@backstop/maintenance/tasks/notice-loss';
import { refreshInstruments } from '@backstop/maintenance/tasks/refresh-instruments';
import { refreshPrices } from '@backstop/maintenance/tasks/refresh-prices';
import type { TaskDeps } from '@backstop/maintenance/tasks/task';
import { evictExpired, setAccounts, type MonitorRef } from '@backstop/store';
import { wayTo } from './carrier.ts';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import type { MemoryArchive } from './memory-archive.ts';
import { repeat } from './repeat.ts';
import { inUsedBuckets } from './in-used-buckets.ts';
import { INSTALLATION, type FleetParts } from './worker-process.ts';

/** Where Redis can be lost, what is not archived yet is lost with it, and the loss has to be noticed soon. */
const PACE_MS = { drain: 10_000, noticeLoss: 10_000 };
const LOSS_PACE_MS = { drain: 500, noticeLoss: 1_000 };

/** The real one reads trading rules each hour, which no day lasts. */
const RULES_MS = 40_000;

/** The tasks of maintenance, each at its own pace. */
export function openMaintenanceProcess(parts: FleetParts, { archive }: MemoryArchive): FleetProcess {
  const maintenance = openFleetProcess(parts.redis, parts.onCommand);
  const accounts = parts.accounts.map(({ name }) => name);
  const redis = inUsedBuckets(parts.connect(maintenance.gate), accounts);
  const exchanges = openExchanges({
    accounts: parts.accounts,
    baseUrl: 'http://venue',
    maxSockets: 2,
    ...wayTo(parts.throughSdk, (request) => maintenance.reach(() => parts.send(undefined, request))),
    hooksOf: (account) => budgetedHooks(redis, account, { request: () => undefined, budgetWait: () => undefined }),
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const queues = parts.queues.queues(maintenance.gate);
  const wake = (ref: MonitorRef, lane: Lane): Promise<void> => queues.wake(ref, lane, 'event', 'waiter');
  const receipts = openReceipts();
  const deskDeps = { redis, exchangeOf: exchanges.of, receipts, wake, installation: INSTALLATION, log };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what these tasks take of it
  const deps = {
    redis,
    archive,
    accounts,
    exchangeOf: exchanges.of,
    log,
    count: () => undefined,
    lives: new Map(),
    followReactions: () => undefined,
    adoptionOf: () => parts.adoption ?? { mode: 'ignore' },
    askedAtMs: new Map(),
    fleet: { adoptedPositions: { inc: () => undefined } },
    refresh: (account: string, signal: AbortSignal) => refreshAccount(account, signal, deskDeps),
  } as unknown as TaskDeps;
  void setAccounts(redis, accounts);
  if (parts.changesRules) repeat(RULES_MS, () => refreshInstruments(deps, limit()));
  else void refreshInstruments(deps, limit());
  if (parts.adoption !== undefined) repeat(1_000, () => adoptPositions(deps, limit()));
  repeat(5_000, () => refreshPrices(deps, limit()));
  const paceMs = parts.losesRedis ? LOSS_PACE_MS : PACE_MS;
  repeat(paceMs.noticeLoss, () => noticeLoss(deps, limit()));
  repeat(paceMs.drain, () => drainAll(redis, archive));
  repeat(30_000, () => evictExpired(redis, accounts));
  repeat(30_000, () => cancelOrphans(deps, limit()));
  return maintenance;
}

function limit(): AbortSignal {
  return new AbortController().signal;
}
