import type { HttpRequest } from './http/answer.ts';
import type { Reply } from './http/envelope.ts';
import { exchangeReply } from './http/exchange-reply.ts';
import { keepGoing } from './keep-going.ts';
import { answerControl } from './sim/control.ts';
import { createSimulator } from './simulator.ts';
import type { Simulator, SimulatorConfig } from './simulator.ts';
import { connectInProcess } from './streams/in-process-socket.ts';
import type { ClientSocket } from './streams/in-process-socket.ts';

const ADDRESS = '127.0.0.1';

/** The exchange without a network, for runs in which the process's clock and timers are simulated too. */
export interface InProcessSimulator {
  readonly simulator: Simulator;
  /** One request under /v5, with its latency; nothing = the connection was cut. `onEffect` runs when it has had its effect. */
  readonly request: (request: HttpRequest, onEffect?: () => void) => Promise<Reply | undefined>;
  /** A socket to one of its streams, `ws://venue/v5/private`, from an address. */
  readonly connect: (url: string, address?: string) => ClientSocket;
  /** One request under /sim: `POST price`, and what it answers. Rejects with the text of a refusal. */
  readonly control: (route: string, body?: object) => Promise<unknown>;
  /** To be called after something was done to the engine itself, which may have made something due. */
  readonly look: () => void;
  /** Ends its timers. */
  readonly close: () => void;
}

/** Opens the exchange in this process. Its clock and its timers are those of the process, simulated or not. */
export function openInProcess(config: Omit<SimulatorConfig, 'clock'>): InProcessSimulator {
  const simulator = createSimulator({ ...config, clock: 'real' });
  const going = keepGoing(simulator);
  return {
    simulator,
    request: (request, onEffect) =>
      exchangeReply(simulator, request, () => {
        going.look();
        onEffect?.();
      }),
    connect: (url, address = ADDRESS) => connectInProcess(simulator, { url, address }, going.look),
    control: async (route, body = {}) => {
      const { status, body: text } = await answerControl(simulator, route, Buffer.from(JSON.stringify(body)));
      going.look();
      if (status !== 200) throw new Error(`${route}: ${text}`);
      return JSON.parse(text) as unknown;
    },
    look: going.look,
    close: () => {
      going.end();
      simulator.streams.close();
    },
  };
}
