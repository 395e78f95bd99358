/** As much of a WebSocket as a stream uses, so that a simulated network can give one of its own. */
export interface StreamSocket {
  /** Called once, in the turn in which the socket was made; nothing is told before. */
  readonly listen: (events: StreamSocketEvents) => void;
  /** Only while open. What cannot be sent is lost: the end of the socket is told by `ended`. */
  readonly send: (text: string) => void;
  /** Ends it at once and without a farewell, also while it is connecting. Nothing may be told afterwards. */
  readonly terminate: () => void;
}

/** What a socket tells. None of these throws. */
export interface StreamSocketEvents {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  /** Anything else that shows life: a ping or pong of the protocol. */
  readonly alive: () => void;
  /** Told once, also when it never opened; nothing comes after it. */
  readonly ended: (end: SocketEnd) => void;
}

export interface SocketEnd {
  /** For people. */
  readonly why: string;
  /** Of the HTTP reply that refused the connection. */
  readonly httpStatus?: number;
}
