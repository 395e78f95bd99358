import { listen } from './http/server.ts';
import { nextDueMs, runDue } from './sim/due.ts';
import { createSimulator } from './simulator.ts';
import type { Simulator, SimulatorConfig } from './simulator.ts';

/** The longest wait that a timer takes; what is due later is looked at again by then. */
const MOST_WAIT_MS = 2_147_483_647;

export interface RunningSimulator {
  readonly url: string;
  readonly simulator: Simulator;
  /** Ends its timers and connections and frees the port. */
  close: () => Promise<void>;
}

/** Starts the exchange on a port (0 = any free one) and keeps what time makes due going. Others reach it only at `host`. */
export async function startSimulator(
  config: SimulatorConfig,
  port: number,
  host = '127.0.0.1',
): Promise<RunningSimulator> {
  const simulator = createSimulator(config);
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const schedule = (): void => {
    clearTimeout(timer);
    const dueMs = simulator.clock.isVirtual ? undefined : nextDueMs(simulator);
    // A request that was under way at the close may still have its effect.
    if (dueMs === undefined || isClosed) return;
    timer = setTimeout(
      () => {
        runDue(simulator);
        schedule();
      },
      Math.min(MOST_WAIT_MS, Math.max(1, dueMs - simulator.clock.nowMs())),
    );
  };
  const server = await listen(simulator, { port, host }, schedule);
  schedule();
  return {
    url: server.url,
    simulator,
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await server.close();
    },
  };
}
