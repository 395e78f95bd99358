import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Slots } from './slots.ts';
import type { Effect } from './failure.ts';

/** Sockets that idle longer are closed by us, so that a request seldom meets one that the exchange has just closed. */
const IDLE_MS = 30_000;

/**
 * The kept-alive sockets of a process, bounded. A request holds a slot before it is stamped and signed, and there are as
 * many slots as sockets: nothing ever queues behind a signature (S-31). Reads may hold three quarters of the slots at most,
 * so a slow listing never keeps a stop waiting. One pool may serve any number of accounts; whoever opens it closes it.
 */
export class SocketPool implements Disposable {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  readonly #slots: Slots;
  readonly #readSlots: Slots;
  #isClosed = false;

  /** `maxSockets` >= 2. */
  constructor({ maxSockets }: { readonly maxSockets: number }) {
    const options = {
      keepAlive: true,
      maxSockets,
      maxFreeSockets: maxSockets,
      timeout: IDLE_MS,
      scheduling: 'lifo',
    } as const;
    this.httpAgent = new HttpAgent(options);
    this.httpsAgent = new HttpsAgent(options);
    this.#slots = new Slots(maxSockets);
    this.#readSlots = new Slots(Math.max(1, Math.floor((maxSockets * 3) / 4)));
  }

  /** Waits for the right to one socket; rejects with the signal's reason when that comes first, and once closed. */
  async slot(effect: Effect, signal: AbortSignal): Promise<Disposable> {
    if (this.#isClosed) throw new Error('the socket pool is closed');
    if (effect === 'write') return this.#slots.take(signal);

    const read = await this.#readSlots.take(signal);
    try {
      const slot = await this.#slots.take(signal);
      return {
        [Symbol.dispose]: () => {
          slot[Symbol.dispose]();
          read[Symbol.dispose]();
        },
      };
    } catch (error) {
      read[Symbol.dispose]();
      throw error;
    }
  }

  /** Closes every socket, busy ones included: a write under way then has an unknown outcome. */
  close(): void {
    this.#isClosed = true;
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
