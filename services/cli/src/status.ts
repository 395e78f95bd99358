import { format } from '@backstop/core';
import {
  accountConditions,
  listProcesses,
  openQueues,
  readAccounts,
  readMonitors,
  readStreams,
  redisTimeMs,
  streamState,
} from '@backstop/store';
import type { AccountPicture, MonitorPicture, ProcessSeen, Queues, StreamPicture } from '@backstop/store';
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
const ACCOUNT_HEAD = ['account', 'monitors', 'protected', 'stream', 'reads', 'conditions'];
const PROCESS_HEAD = ['process', 'pid', 'alive', 'decisions', 'jobs', 'metrics'];
const QUEUE_HEAD = ['queue', 'events', 'sweeps', 'active', 'failed'];

/** `backstop status`: monitors with what protects them, accounts, processes and queues, as the shared cache has them. */
export async function status(context: VerbContext): Promise<void> {
  await using installation = await openInstallation(context);
  const { redis, redisUrl } = installation;
  await using queues = openQueues(redisUrl);
  const [monitors, processes, depths] = await Promise.all([readMonitors(redis), listProcesses(redis), queues.depths()]);
  const [accounts, nowMs] = await Promise.all([readAccounts(redis, monitors), redisTimeMs(redis)]);

  const streams = await readStreams(
    redis,
    accounts.map(({ name }) => name),
  );
  const rows = monitors.map((monitor) => monitorRow(monitor, nowMs));
  context.print(monitors.length === 0 ? 'no active monitors' : table(MONITOR_HEAD, rows));
  context.print('');
  context.print(streamLine(streams));
  context.print(
    table(
      ACCOUNT_HEAD,
      accounts.map((account, at) => accountRow(account, streams[at], nowMs)),
    ),
  );
  context.print('');
  context.print(table(PROCESS_HEAD, processes.map(processRow)));
  context.print('');
  context.print(table(QUEUE_HEAD, queueRows(depths)));
}

function monitorRow(monitor: MonitorPicture, nowMs: number): string[] {
  const { ref, plan, stage, checkedAtMs, conditions } = monitor;
  return [
    ref.account,
    ref.symbol,
    plan.side,
    stage,
    ...pictureCells(monitor),
    checkedAtMs === undefined ? 'never' : `${((nowMs - checkedAtMs) / 1_000).toFixed(1)} s ago`,
    conditions.map(({ name }) => name).join(' '),
  ];
}

/** Size, stop, protected, take-profits and entries; `?` = the facts are missing or too old. */
function pictureCells({ snapshot, protection, working, filledTakeProfits }: MonitorPicture): string[] {
  if (snapshot === undefined || protection === undefined) return ['?', '?', '?', '?', '?'];
  const { position } = snapshot;
  return [
    position === undefined ? '0' : format(position.size),
    position?.stopLoss === undefined ? '-' : format(position.stopLoss),
    typeof protection === 'string' ? (protection === 'flat' ? 'flat' : 'yes') : `NO: ${protection.missing}`,
    `${working.filter((leg) => leg.startsWith('t')).length} resting, ${filledTakeProfits.length} filled`,
    `${working.filter((leg) => leg.startsWith('e')).length} resting`,
  ];
}

function accountRow(account: AccountPicture, stream: StreamPicture | undefined, nowMs: number): (string | number)[] {
  const { name, monitors, positions, readFailures } = account;
  const reads = readFailures.count === 0 ? 'ok' : `${readFailures.count} failed in a row`;
  const conditions = [...new Set(accountConditions(account, nowMs).map((condition) => condition.name))];
  return [
    name,
    monitors,
    `${positions.protected} of ${positions.open}`,
    streamCell(stream, nowMs),
    reads,
    conditions.join(' '),
  ];
}

/** Which accounts are polled, since no stream vouches for them. */
function streamLine(streams: readonly StreamPicture[]): string {
  const polled = streams.filter(({ synced }) => !synced).map(({ account }) => account);
  const line = `streams: ${streams.length - polled.length} of ${streams.length} in sync`;
  return polled.length === 0 ? line : `${line}; polled: ${polled.join(', ')}`;
}

/** Since when it is synced, and where; or what is missing: the account is polled then. */
function streamCell(stream: StreamPicture | undefined, nowMs: number): string {
  if (stream === undefined) return 'down';
  const { owner, sinceMs, why } = stream;
  if (sinceMs !== undefined) return `synced for ${Math.round((nowMs - sinceMs) / 1_000)} s (${owner ?? '?'})`;
  const state = owner === undefined ? streamState(stream) : `${streamState(stream)} (${owner})`;
  return why === undefined || why === '' ? state : `${state}, last lost: ${why}`;
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
