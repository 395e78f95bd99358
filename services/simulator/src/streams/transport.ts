/** The exchange's end of an open socket, whatever carries it. */
export interface Transport {
  /** Called once, in the turn in which it was accepted; nothing is told before. */
  readonly listen: (events: TransportEvents) => void;
  readonly isOpen: () => boolean;
  /** What was sent and has not been taken yet, bytes. */
  readonly unreadBytes: () => number;
  /** Only while open. */
  readonly send: (frame: string | Buffer) => void;
  /** Answers a ping of the protocol. */
  readonly pong: (data: Buffer) => void;
  /** From now on nothing is read: the socket stays, and the end of the client is not noticed either. */
  readonly pause: () => void;
  /** Ends it at once, without a closing handshake. */
  readonly terminate: () => void;
}

/** What a client does. */
export interface TransportEvents {
  readonly received: (text: string) => void;
  /** A ping of the protocol. */
  readonly pinged: (data: Buffer) => void;
  /** Told once, whoever ended it; nothing comes after it. */
  readonly closed: () => void;
}
