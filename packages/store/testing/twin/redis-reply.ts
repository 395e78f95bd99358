/** What a command of Redis replies. Integers are numbers; beyond 2^53 a number of the client is not exact either. */
export type Reply = null | number | string | Status | readonly Reply[];

/** A simple reply such as OK: a client sees text, a script a table. */
export class Status {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const OK = new Status('OK');

/** An error reply; the name is that of the client's error. */
export class RedisError extends Error {
  override readonly name = 'ReplyError';
}
