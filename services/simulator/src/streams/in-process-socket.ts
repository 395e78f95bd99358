import type { Simulator } from '../simulator.ts';
import { admitHandshake } from './admit-handshake.ts';
import { serveSocket } from './serve-socket.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** A client's end of a socket to the exchange that goes over no network. */
export interface ClientSocket {
  /** Called once, in the turn in which the socket was made; nothing is told before. */
  readonly listen: (events: ClientSocketEvents) => void;
  /** Only while open. */
  readonly send: (text: string) => void;
  /** Ends it at once, also while it is connecting. Nothing is told afterwards. */
  readonly terminate: () => void;
}

/** What the exchange does. Told one after the other, never in the turn of the call that made it happen. */
export interface ClientSocketEvents {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  /** Told once, also when it never opened; the HTTP status is that of a refused handshake. */
  readonly closed: (httpStatus: 403 | 404 | undefined) => void;
}

/**
 * Connects to a stream of the exchange. The handshake takes the latency of one request; what comes after it takes as long as
 * over a real socket. `onEffect` runs when a frame has had its effect.
 */
export function connectInProcess(
  simulator: Simulator,
  { url, address }: { readonly url: string; readonly address: string },
  onEffect: () => void,
): ClientSocket {
  const { pathname, search, host } = new URL(url);
  const halfMs = simulator.config.latencyMs / 2;
  const line = new Line();
  later(halfMs, () => {
    if (line.isOver) return;
    if (simulator.streams.isClosed) {
      line.end(undefined);
      return;
    }
    const admitted = admitHandshake(simulator, { target: `${pathname}${search}`, address, domain: host });
    const isRefused = typeof admitted === 'number';
    if (!isRefused) serveSocket(simulator, { transport: line.server(), admitted }, onEffect);
    later(halfMs, () => (isRefused ? line.end(admitted) : line.open()));
  });
  return line.client();
}

function later(ms: number, action: () => void): void {
  setTimeout(action, ms).unref();
}

/** What lies between the two ends. What one of them does reaches the other in its order and in a step of its own. */
class Line {
  #client: ClientSocketEvents | undefined;
  #server: TransportEvents | undefined;
  #state: 'connecting' | 'open' | 'over' = 'connecting';
  /** The exchange's end, which the client's may have left. */
  #isServed = false;
  #isPaused = false;

  /** The client has ended it, or knows that it has ended. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  client(): ClientSocket {
    return {
      listen: (events) => {
        this.#client = events;
      },
      send: (text) => {
        if (this.#state === 'open') this.#toServer((server) => server.received(text));
      },
      terminate: () => {
        if (this.isOver) return;
        this.#state = 'over';
        this.#toServer((server) => this.#endService(server));
      },
    };
  }

  server(): Transport {
    this.#isServed = true;
    return {
      listen: (events) => {
        this.#server = events;
      },
      isOpen: () => this.#isServed,
      unreadBytes: () => 0,
      send: (frame) => this.#toClient(String(frame)),
      pong: () => undefined,
      pause: () => {
        this.#isPaused = true;
      },
      terminate: () => {
        if (!this.#isServed || this.#server === undefined) return;
        this.#isServed = false;
        queueMicrotask(this.#server.closed);
        queueMicrotask(() => this.end(undefined));
      },
    };
  }

  open(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#client?.opened();
  }

  end(httpStatus: 403 | 404 | undefined): void {
    if (this.isOver) return;
    this.#state = 'over';
    this.#client?.closed(httpStatus);
  }

  #toClient(text: string): void {
    queueMicrotask(() => {
      if (this.#state === 'open') this.#client?.received(text);
    });
  }

  #toServer(tell: (server: TransportEvents) => void): void {
    queueMicrotask(() => {
      if (this.#isServed && !this.#isPaused && this.#server !== undefined) tell(this.#server);
    });
  }

  #endService(server: TransportEvents): void {
    this.#isServed = false;
    server.closed();
  }
}
