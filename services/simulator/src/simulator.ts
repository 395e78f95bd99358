import { createEngine } from './engine/engine.ts';
import type { Engine } from './engine/engine.ts';
import { seededRandom, streamSeed } from './engine/random.ts';
import { createRateLimits, defaultLimitOptions } from './http/rate-limits.ts';
import type { RateLimits } from './http/rate-limits.ts';
import { createClock } from './sim/clock.ts';
import type { Clock } from './sim/clock.ts';
import { createFaults } from './sim/faults.ts';
import type { Faults } from './sim/faults.ts';
import { createHistory } from './sim/history.ts';
import type { History } from './sim/history.ts';
import type { Setup } from './sim/setup.ts';
import { applySetup } from './sim/setup.ts';

export interface SimulatorConfig {
  readonly seed: number;
  /** Added to each reply: half before its effect, half after. */
  readonly latencyMs: number;
  readonly limits: 'real' | 'off';
  readonly clock: 'real' | 'virtual';
  /** Accounts and instruments that exist from the start and again after a reset. */
  readonly setup: Setup;
}

/** The engine and what stands between it and the wire. A reset replaces all of it but the configuration. */
export interface Simulator {
  readonly config: SimulatorConfig;
  clock: Clock;
  engine: Engine;
  faults: Faults;
  limits: RateLimits;
  history: History;
}

export function createSimulator(config: SimulatorConfig): Simulator {
  return { config, ...freshParts(config) };
}

/** Everything as it was at the start. */
export function resetSimulator(simulator: Simulator): void {
  Object.assign(simulator, freshParts(simulator.config));
}

function freshParts(config: SimulatorConfig): Omit<Simulator, 'config'> {
  const clock = createClock(config.clock);
  const engine = createEngine({ nowMs: clock.nowMs, seed: config.seed });
  applySetup(engine, config.setup);
  return {
    clock,
    engine,
    faults: createFaults(seededRandom(streamSeed(config.seed, 'faults'))),
    limits: createRateLimits(defaultLimitOptions(config.limits === 'real')),
    history: createHistory(engine),
  };
}
