import type { PrivateFrame, PrivateStreamListener, StreamFailure } from '@backstop/core';
import { type Credentials, redact } from '../redact.ts';
import type { ConnectionEnd } from './back-off.ts';
import { authMessage, type OpReply, PING, SUBSCRIBE, toOpReply } from './op-message.ts';
import { parseMessage, toPrivateFrame } from './parse-private-frame.ts';
import type { SocketEnd, StreamSocket } from './stream-socket.ts';
import type { StreamTimings } from './stream-timings.ts';

export interface ConnectionOptions {
  readonly connect: () => StreamSocket;
  readonly credentials: Credentials;
  readonly listener: Pick<PrivateStreamListener, 'ready' | 'frames'>;
  readonly nowMs: () => number;
  readonly timings: StreamTimings;
}

const BEATS_PER_PING = 3;
/** HTTP statuses that say "too many" (reference A.4). */
const BARRED: ReadonlySet<number | undefined> = new Set([403, 429]);

/**
 * One connection of a private stream: open, auth, subscribe, ready, and its frames until it ends. Silence is counted in beats
 * of our own timer and not by a clock: a process that was itself held up takes nobody else for dead.
 */
export class PrivateConnection {
  readonly #options: ConnectionOptions;
  readonly #over = Promise.withResolvers<ConnectionEnd | undefined>();
  #socket: StreamSocket | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #beats: NodeJS.Timeout | undefined;
  #hasOpened = false;
  #isReady = false;
  #isOver = false;
  #readyMs = 0;
  #quietMs = 0;
  #sincePingMs = 0;
  #pending: PrivateFrame[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Resolves when it has ended and nothing more is told; with `undefined` when the signal ended it. To be called once. */
  async run(signal: AbortSignal): Promise<ConnectionEnd | undefined> {
    const abort = (): void => this.#end(undefined);
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.#open();
      return await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #open(): void {
    const { connect, credentials, nowMs } = this.#options;
    try {
      this.#socket = connect();
    } catch (error) {
      this.#fail('refused', error instanceof Error ? error.message : String(error));
      return;
    }
    this.#expect('open');
    this.#socket.listen({
      opened: () => {
        if (this.#isOver) return;
        this.#hasOpened = true;
        this.#expect('subscribed');
        this.#socket?.send(authMessage(credentials, nowMs()));
      },
      received: (text) => this.#receive(text),
      alive: () => this.#heard(),
      ended: (end) => this.#lose(end),
    });
  }

  #expect(state: 'open' | 'subscribed'): void {
    const { readyWithinMs } = this.#options.timings;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#fail('silent', `not ${state} within ${readyWithinMs} ms`), readyWithinMs);
  }

  #receive(text: string): void {
    if (this.#isOver) return;
    this.#heard();
    const message = parseMessage(text);
    const frame = toPrivateFrame(message);
    if (frame !== undefined) this.#gather(frame);
    const reply = frame === undefined && !this.#isReady ? toOpReply(message) : undefined;
    if (reply !== undefined) this.#answer(reply);
  }

  /** Frames that overtake the acknowledgement of the subscription wait for it. */
  #gather(frame: PrivateFrame): void {
    this.#pending.push(frame);
    if (this.#pending.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    if (this.#pending.length === 0 || !this.#isReady) return;
    const frames = this.#pending;
    this.#pending = [];
    this.#options.listener.frames(frames);
  }

  #answer({ op, success, ret_msg: text }: OpReply): void {
    if (op === 'auth') {
      if (success) this.#socket?.send(SUBSCRIBE);
      else this.#fail('credentials', `auth refused: ${text}`);
    }
    if (op === 'subscribe') {
      if (success) this.#becomeReady();
      else this.#fail('refused', `subscription refused: ${text}`);
    }
  }

  #becomeReady(): void {
    clearTimeout(this.#deadline);
    this.#isReady = true;
    const beatMs = this.#options.timings.pingEveryMs / BEATS_PER_PING;
    this.#beats = setInterval(() => this.#beat(beatMs), beatMs);
    this.#options.listener.ready();
    this.#deliver();
  }

  #beat(beatMs: number): void {
    const { silentAfterMs, pingEveryMs } = this.#options.timings;
    this.#readyMs += beatMs;
    this.#quietMs += beatMs;
    this.#sincePingMs += beatMs;
    if (this.#quietMs >= silentAfterMs) {
      this.#fail('silent', `nothing received for ${silentAfterMs} ms`);
    } else if (this.#sincePingMs >= pingEveryMs) {
      this.#sincePingMs = 0;
      this.#socket?.send(PING);
    }
  }

  #heard(): void {
    this.#quietMs = 0;
  }

  #lose({ why, httpStatus }: SocketEnd): void {
    this.#fail(this.#hasOpened ? 'closed' : 'refused', why, BARRED.has(httpStatus));
  }

  #fail(reason: StreamFailure['reason'], why: string, isBarred = false): void {
    const { credentials, timings } = this.#options;
    const wasSteady = this.#readyMs >= timings.steadyAfterMs;
    this.#end({ failure: { reason, why: redact(why, credentials) }, wasSteady, isBarred });
  }

  /** What was received before is as good as ever: it is told before the end is, unless nobody wants it any more. */
  #end(end: ConnectionEnd | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearInterval(this.#beats);
    this.#socket?.terminate();
    if (end === undefined) this.#pending = [];
    this.#over.resolve(end);
  }
}
