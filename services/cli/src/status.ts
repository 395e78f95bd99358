import { format, parseOrderLinkId, protection } from '@backstop/core';
import type { Plan, Snapshot, TpSlState } from '@backstop/core';
import {
  accountKeys,
  listAccounts,
  listActive,
  listProcesses,
  openQueues,
  peekCheck,
  redisTimeMs,
  toMember,
  toSnapshot,
} from '@backstop/store';
import type { MonitorRef, ProcessSeen, Queues, Redis } from '@backstop/store';
import type { VerbContext } from './context.ts';
import { openInstallation } from './installation.ts';
import { table } from './table.ts';

const MONITOR_HEAD = [
  'account',
  'symbol',
  'side',
  'stage',
  'size',
  'stop',
  'protected',
  'TPs',
  'entries',
  'checked',
  'conditions',
];
const PROCESS_HEAD = ['process', 'pid', 'alive', 'decisions', 'jobs', 'metrics'];
const QUEUE_HEAD = ['queue', 'events', 'sweeps', 'active', 'failed'];

/** `backstop status`: monitors with what protects them, accounts, processes and queues, as the shared cache has them. */
export async function status(context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const { redis, redisUrl } = installation;
  await using queues = openQueues(redisUrl);
  const [accounts, processes, depths] = await Promise.all([listAccounts(redis), listProcesses(redis), queues.depths()]);
  const monitors = (await Promise.all(accounts.map((account) => listActive(redis, account)))).flat();
  const nowMs = await redisTimeMs(redis);
  const rows = await Promise.all(monitors.map((ref) => monitorRow(redis, ref, nowMs)));

  context.print(monitors.length === 0 ? 'no active monitors' : table(MONITOR_HEAD, rows.toSorted(byText)));
  context.print('');
  context.print(
    table(
      ['account', 'monitors'],
      accounts.map((account) => [account, countOf(monitors, account)]),
    ),
  );
  context.print('');
  context.print(table(PROCESS_HEAD, processes.map(processRow)));
  context.print('');
  context.print(table(QUEUE_HEAD, queueRows(depths)));
}

async function monitorRow(redis: Redis, ref: MonitorRef, nowMs: number): Promise<string[]> {
  const [read, checkedAt] = await Promise.all([
    peekCheck(redis, ref),
    redis.zscore(accountKeys(ref.account).checked, toMember(ref)),
  ]);
  const { plan } = read;
  const name = [ref.account, ref.symbol];
  if (plan === undefined) return [...name, '', 'closed'];

  const snapshot = toSnapshot(read);
  const state = read.states['tp-sl'].state;
  return [
    ...name,
    plan.side,
    state?.stage ?? 'unknown',
    ...pictureCells(snapshot, plan),
    checkedAt === null ? 'never' : `${((nowMs - Number(checkedAt)) / 1_000).toFixed(1)} s ago`,
    [...conditions(state), ...Object.keys(read.states['limit-order'].state?.conditions ?? {})].join(' '),
  ];
}

/** Size, stop, protected, take-profits and entries; `?` = the facts are missing or too old. */
function pictureCells(snapshot: Snapshot | undefined, plan: Plan): string[] {
  if (snapshot === undefined) return ['?', '?', '?', '?', '?'];
  const covered = protection(snapshot, plan);
  const legs = snapshot.orders.flatMap(({ orderLinkId }) => legOf(orderLinkId, plan));
  const filled = plan.takeProfits.filter(({ leg }) => (snapshot.executed.get(leg)?.qty ?? 0n) > 0n).length;
  const { position } = snapshot;
  return [
    position === undefined ? '0' : format(position.size),
    position?.stopLoss === undefined ? '-' : format(position.stopLoss),
    typeof covered === 'string' ? (covered === 'flat' ? 'flat' : 'yes') : `NO: ${covered.missing}`,
    `${legs.filter((leg) => leg.startsWith('t')).length} resting, ${filled} filled`,
    `${legs.filter((leg) => leg.startsWith('e')).length} resting`,
  ];
}

function legOf(orderLinkId: string, plan: Plan): string[] {
  const identity = parseOrderLinkId(orderLinkId);
  return identity?.planId === plan.id ? [identity.leg] : [];
}

function conditions(state: TpSlState | undefined): string[] {
  return Object.keys(state?.conditions ?? {});
}

function processRow({ name, pid, alive, counters, url }: ProcessSeen): (string | number)[] {
  const of = (counter: string): number | string => counters[counter] ?? '-';
  return [name, pid, alive ? 'yes' : 'NO', of('decisions'), of('jobsCompleted'), `${url}/metrics`];
}

function queueRows(depths: Awaited<ReturnType<Queues['depths']>>): (string | number)[][] {
  return Object.entries(depths).map(([name, { waiting, sweeps, active, failed }]) => [
    name,
    waiting,
    sweeps,
    active,
    failed,
  ]);
}

function countOf(monitors: readonly MonitorRef[], account: string): number {
  return monitors.filter((ref) => ref.account === account).length;
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join(' ').localeCompare(b.join(' '));
}
