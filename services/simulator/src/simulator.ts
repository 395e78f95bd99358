import { createEngine } from './engine/engine.ts';
import type { Engine } from './engine/engine.ts';
import { seededRandom, streamSeed } from './engine/random.ts';
import { createRateLimits, defaultLimitOptions } from './http/rate-limits.ts';
import type { RateLimits } from './http/rate-limits.ts';
import { createClock } from './sim/clock.ts';
import type { Clock } from './sim/clock.ts';
import { createMarket } from './market/market.ts';
import type { PricesSpec } from './prices/prices-spec.ts';
import { playPrices } from './sim/prices-body.ts';
import { createStreams } from './streams/streams.ts';
import type { Streams } from './streams/streams.ts';
import { createFaults } from './sim/faults.ts';
import type { Faults } from './sim/faults.ts';
import { createHistory } from './sim/history.ts';
import type { History } from './sim/history.ts';
import { playScenario } from './sim/scenario.ts';
import type { Scenario } from './sim/scenario.ts';
import type { Setup } from './sim/setup.ts';
import { applySetup } from './sim/setup.ts';

export interface SimulatorConfig {
  readonly seed: number;
  /** Added to each reply: half before its effect, half after. */
  readonly latencyMs: number;
  readonly limits: 'real' | 'off';
  readonly clock: 'real' | 'virtual';
  /** Where a virtual clock starts, at the beginning and after a reset; 2026-01-01T00:00:00Z when missing. */
  readonly startAtMs?: number | undefined;
  /** Accounts and instruments that exist from the start and again after a reset. */
  readonly setup: Setup;
  /** Move prices from the start on, and again after a reset. */
  readonly prices?: readonly PricesSpec[] | undefined;
  /** Begins at the start, and again after a reset. */
  readonly scenario?: Scenario | undefined;
}

/** The engine and what stands between it and the wire. A reset replaces all of it but the configuration. */
export interface Simulator {
  readonly config: SimulatorConfig;
  clock: Clock;
  engine: Engine;
  faults: Faults;
  limits: RateLimits;
  history: History;
  streams: Streams;
}

export function createSimulator(config: SimulatorConfig): Simulator {
  const simulator: Simulator = { config, ...freshParts(config) };
  if (config.scenario !== undefined) playScenario(simulator, config.scenario);
  return simulator;
}

/** Everything as it was at the start; open sockets are cut. */
export function resetSimulator(simulator: Simulator): void {
  simulator.streams.close();
  Object.assign(simulator, freshParts(simulator.config));
  if (simulator.config.scenario !== undefined) playScenario(simulator, simulator.config.scenario);
}

function freshParts(config: SimulatorConfig): Omit<Simulator, 'config'> {
  const clock = createClock(config.clock, config.startAtMs);
  const engine = createEngine({ nowMs: clock.nowMs, seed: config.seed });
  createMarket(engine, config.seed);
  applySetup(engine, config.setup);
  for (const spec of config.prices ?? []) playPrices(engine, spec, config.seed);
  const faults = createFaults(
    seededRandom(streamSeed(config.seed, 'faults')),
    seededRandom(streamSeed(config.seed, 'frame-faults')),
  );
  return {
    clock,
    engine,
    faults,
    streams: createStreams(engine, { clock, faults, seed: config.seed, wayMs: config.latencyMs / 2 }),
    limits: createRateLimits(defaultLimitOptions(config.limits === 'real')),
    history: createHistory(engine),
  };
}
