import { serveHealth, type Readiness } from './health.ts';
import { every } from './lifecycle.ts';
import { openLog, type Log } from './log.ts';
import { openMetrics, type Metrics } from './metrics.ts';
import type { ProcessConfig } from './process-config.ts';

/** What a process tells the fleet about itself once a second. */
export interface Beat {
  readonly name: string;
  readonly service: string;
  readonly pid: number;
  /** Where /metrics, /healthz and /readyz are served. */
  readonly url: string;
  readonly startedAtMs: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** What is needed of a Redis connection to say whether it stands. */
export interface RedisLink {
  readonly status: string;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface ProcessOptions {
  readonly service: string;
  readonly config: ProcessConfig;
  readonly redis: RedisLink;
  /** Why the process is not ready, beside Redis being away. */
  readonly reasons?: () => readonly string[];
  /** Publishes the beat; a beat that fails is dropped, the next one says more. */
  readonly beat: (beat: Beat) => Promise<unknown>;
}

export interface ServiceProcess {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly url: string;
  /** Totals since the start that the beat carries, so that they outlive the process. */
  readonly count: (counter: string, by?: number) => void;
}

const BEAT_MS = 1_000;

/** Opens what every service process has: log, metrics, health server and heartbeat. Everything closes with `resources`. */
export async function openProcess(options: ProcessOptions, resources: AsyncDisposableStack): Promise<ServiceProcess> {
  const { service, config, redis, reasons = () => [] } = options;
  const name = config.BACKSTOP_PROCESS_NAME;
  const log = openLog({ service: name, level: config.BACKSTOP_LOG_LEVEL });
  redis.on('error', (error) => log.warn({ reason: error.message }, 'redis connection failed'));
  const metrics = openMetrics(service);
  const ready = (): Readiness => ({ reasons: [...(redis.status === 'ready' ? [] : ['redis is away']), ...reasons()] });
  const { BACKSTOP_HEALTH_HOST: host, BACKSTOP_HEALTH_PORT: port } = config;
  const health = resources.use(await serveHealth({ port, host, metrics, ready }));

  const counters: Record<string, number> = {};
  const startedAtMs = Date.now();
  const beat = async (): Promise<void> => {
    await options.beat({ name, service, pid: process.pid, url: health.url, startedAtMs, counters });
  };
  const stop = new AbortController();
  const beating = every(BEAT_MS, stop.signal, beat, () => undefined);
  resources.defer(async () => {
    stop.abort();
    await beating;
    await beat().catch(() => undefined); // the last totals; Redis may be gone already
  });
  return {
    log,
    metrics,
    url: health.url,
    count: (counter, by = 1) => {
      counters[counter] = (counters[counter] ?? 0) + by;
    },
  };
}
