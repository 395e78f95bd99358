import type { Transport } from './transport.ts';

export type StreamKind = 'public' | 'private' | 'trade';

/** Where a socket connected to. */
export interface StreamPath {
  readonly kind: StreamKind;
  /** Without /v5/: `private`, `trade`, `public/linear`; faults and the truth name it so. */
  readonly path: string;
  /** What of the public paths: `linear`, `spot`, `inverse`, `option`, `status`; "" for the others. */
  readonly category: string;
}

const MOST_REQ_IDS = 100_000;
/** A reader that lets so many bytes pile up is cut off. */
const MOST_UNREAD_BYTES = 64_000_000;

/** The channel of an account's private frames; a public channel is its path, `public/linear`. */
export function privateChannel(account: string): string {
  return `private ${account}`;
}

/** One socket of a client. It ends by `cut`, or when the client closes it. */
export class Connection {
  readonly id: string;
  readonly at: StreamPath;
  readonly address: string;
  readonly idleCutMs: number | undefined;
  readonly topics = new Set<string>();
  /** The account that authenticated, "" before. */
  account = '';
  lastActiveMs: number;
  readonly #transport: Transport;
  readonly #reqIds = new Set<string>();
  #isHalfOpen = false;

  constructor(
    transport: Transport,
    facts: { id: string; at: StreamPath; address: string; idleCutMs: number | undefined; nowMs: number },
  ) {
    this.#transport = transport;
    this.id = facts.id;
    this.at = facts.at;
    this.address = facts.address;
    this.idleCutMs = facts.idleCutMs;
    this.lastActiveMs = facts.nowMs;
  }

  /** Whose frames it gets; see {@link privateChannel}. */
  get channel(): string {
    return this.at.kind === 'public' ? this.at.path : privateChannel(this.account);
  }

  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** Sends a text frame; false when the socket is half-open or closing. */
  send(frame: string | Buffer, nowMs: number): boolean {
    if (this.#isHalfOpen || !this.#transport.isOpen()) return false;
    if (this.#transport.unreadBytes() > MOST_UNREAD_BYTES) {
      this.cut();
      return false;
    }
    this.lastActiveMs = nowMs;
    this.#transport.send(frame);
    return true;
  }

  /** Takes the id of a trade request; false when it was used before. So many that nobody repeats them by chance are kept. */
  isNewReqId(reqId: string): boolean {
    if (this.#reqIds.has(reqId)) return false;
    this.#reqIds.add(reqId);
    const [oldest] = this.#reqIds;
    if (this.#reqIds.size > MOST_REQ_IDS && oldest !== undefined) this.#reqIds.delete(oldest);
    return true;
  }

  /** Keeps the socket open but sends nothing more and reads nothing more, pings of the protocol included. */
  freeze(): void {
    this.#isHalfOpen = true;
    this.#transport.pause();
  }

  /** Ends the connection without a closing handshake; the client sees code 1006. */
  cut(): void {
    this.#transport.terminate();
  }
}
