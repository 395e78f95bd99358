import { listen } from './http/server.ts';
import { keepGoing } from './keep-going.ts';
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
  const going = keepGoing(simulator);
  const server = await listen(simulator, { port, host }, going.look);
  return {
    url: server.url,
    simulator,
    close: async () => {
      going.end();
      await server.close();
    },
  };
}
