import { listen } from './http/server.ts';
import { createSimulator } from './simulator.ts';
import type { Simulator, SimulatorConfig } from './simulator.ts';

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
  const schedule = (): void => {
    clearTimeout(timer);
    const dueMs = simulator.clock.isVirtual ? undefined : simulator.engine.nextDueMs();
    if (dueMs === undefined) return;
    timer = setTimeout(
      () => {
        simulator.engine.runDue();
        schedule();
      },
      Math.max(1, dueMs - simulator.clock.nowMs()),
    );
  };
  const server = await listen(simulator, { port, host }, schedule);
  return {
    url: server.url,
    simulator,
    close: async () => {
      clearTimeout(timer);
      await server.close();
    },
  };
}
