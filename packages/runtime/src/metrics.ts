import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const AGE_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60];

/** What each process measures (DESIGN section 8). Units are in the names; no label ever holds a symbol or an order id. */
function processMetrics({ counter, gauge, histogram }: Factory) {
  return {
    exchangeRequests: counter('exchange_requests_total', 'Requests to the exchange.', [
      'account',
      'endpoint',
      'outcome',
    ]),
    exchangeRequestSeconds: histogram('exchange_request_seconds', 'Time to its reply.', ['endpoint'], FAST_SECONDS),
    cacheReads: counter('cache_reads_total', 'Reads of the shared cache.', ['kind', 'result']),
    cacheAge: histogram('cache_age_seconds', 'Age of rows when they were read.', ['kind'], AGE_SECONDS),
    decisionInputAge: histogram(
      'decision_input_age_seconds',
      'Age of what decisions stood on.',
      ['input'],
      AGE_SECONDS,
    ),
    staleDecisions: counter('stale_decisions_total', 'Decisions on rows that had a newer version at hand.', []),
    jobSeconds: histogram(
      'job_seconds',
      'Time from the start of a job to its end.',
      ['queue', 'outcome'],
      FAST_SECONDS,
    ),
    jobWait: histogram(
      'job_wait_seconds',
      'Time from asking for a check to its start.',
      ['queue', 'cause'],
      FAST_SECONDS,
    ),
    budgetWait: histogram('budget_wait_seconds', 'Time a request waited for its budget.', ['lane'], FAST_SECONDS),
    streamUp: gauge('stream_up', '1 while the private stream of an account is in sync.', ['account']),
    streamFrames: counter('stream_frames_total', 'Frames of private streams.', ['topic']),
    streamConnects: counter('stream_connects_total', 'Attempts to connect a private stream by how they ended.', [
      'outcome',
    ]),
    streamPatchSeconds: histogram(
      'stream_patch_seconds',
      'Time from receiving a frame until its rows are patched and its monitors woken.',
      [],
      FAST_SECONDS,
    ),
    cacheDrift: counter('cache_drift_total', 'Rows that a live stream vouched for and that an audit found different.', [
      'kind',
    ]),
  } as const;
}

/** What is true of the whole installation and not of one process: served by maintenance only, so that sums stay right. */
function fleetMetrics({ counter, gauge, histogram }: Factory) {
  return {
    positions: gauge('positions', 'Open positions by whether a verified stop covers them.', ['protected']),
    unprotectedSeconds: counter(
      'unprotected_position_seconds_total',
      'Time that open positions were without a verified stop.',
      ['account', 'reason'],
    ),
    adoptedPositions: counter('adopted_positions_total', 'Positions found without a plan and given one.', [
      'account',
      'mode',
    ]),
    monitorStaleness: gauge('monitor_staleness_seconds', 'Time since the monitor that waits longest was checked.', []),
    reactionSeconds: histogram(
      'reaction_seconds',
      'Time from a fill on the exchange until what had to be sent because of it is sent and recorded.',
      [],
      AGE_SECONDS,
    ),
    queueJobs: gauge('queue_jobs', 'Jobs by queue and state.', ['queue', 'state']),
    dueMonitors: gauge('due_monitors', 'Monitors whose time has come and that have no job yet.', ['queue']),
    archivePending: gauge('archive_pending_entries', 'Outbox entries that the archive has not stored yet.', []),
    archiveLag: gauge('archive_lag_seconds', 'Age of the oldest outbox entry that the archive has not stored yet.', []),
  } as const;
}

export type Metrics = { readonly registry: Registry } & ReturnType<typeof processMetrics>;
export type FleetMetrics = ReturnType<typeof fleetMetrics>;

/** Opens this process's registry with Node's own metrics and every metric above, each line labelled with the service. */
export function openMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return { registry, ...processMetrics(factory(registry)) };
}

/** Adds the metrics of the whole installation to a process's registry. */
export function openFleetMetrics({ registry }: Pick<Metrics, 'registry'>): FleetMetrics {
  return fleetMetrics(factory(registry));
}

type Factory = ReturnType<typeof factory>;

function factory(registry: Registry) {
  const common = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: `backstop_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
      new Counter<Label>(common(name, help, labels)),
    gauge: <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
      new Gauge<Label>(common(name, help, labels)),
    histogram: <Label extends string>(
      name: string,
      help: string,
      labels: readonly Label[],
      buckets: readonly number[],
    ) => new Histogram<Label>({ ...common(name, help, labels), buckets: [...buckets] }),
  };
}
