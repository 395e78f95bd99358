import type { Redis } from 'ioredis';
import { COMMANDS, commandOf, type Command } from './commands.ts';
import type { MemoryStore } from './memory-store.ts';
import { RedisError, Status, type Reply } from './redis-reply.ts';
import { compile, runScript, shaOf } from './script.ts';

/** How a command of one connection takes effect: the harness decides when `run` happens, when its reply arrives, and whether it rejects. */
export type Gate = <T>(command: string, run: () => T) => Promise<T>;

/** What connections share. */
export interface Server {
  readonly store: MemoryStore;
  /** The sources that were evaluated, by their sha. */
  readonly scripts: Map<string, string>;
  readonly rewrite: (source: string) => string;
}

type Method = (...args: unknown[]) => unknown;

const atOnce: Gate = async (_command, run) => run();

/** A connection in the shape of ioredis. Whatever it does not have throws by name when it is called. */
export function connection(server: Server, gate: Gate = atOnce): Redis {
  const life = { status: 'ready' };
  const send = <T>(name: string, run: () => T): Promise<T> =>
    life.status === 'end' ? Promise.reject(new Error('Connection is closed.')) : gate(name, run);
  const commands = [...COMMANDS.values()].map((command): [string, Method] => {
    const method = command.name.toLowerCase();
    return [method, (...args) => send(method, () => reply(server, command, args))];
  });
  const client: object = Object.assign(Object.create(unknownCommands), {
    ...Object.fromEntries(commands),
    ...lifeOf(life),
    eval: (source: string, ...args: unknown[]) => send('eval', () => evaluate(server, source, args)),
    evalsha: (sha: string, ...args: unknown[]) => send('evalsha', () => evaluateSha(server, sha, args)),
    call: (name: string, ...args: unknown[]) =>
      send(name.toLowerCase(), () => plain(perform(server, commandOf(name), args))),
    multi: () => transaction(server, send),
  });
  Object.defineProperty(client, 'status', { get: () => life.status });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of it that the twin has; the rest throws by name
  return client as Redis;
}

/** Opening, closing and listening: the twin is always there. */
function lifeOf(life: { status: string }): Record<string, Method> {
  const end = (): void => {
    life.status = 'end';
  };
  return {
    connect: async () => undefined,
    disconnect: end,
    quit: async () => {
      end();
      return 'OK';
    },
    on: itself,
    once: itself,
    off: itself,
    removeListener: itself,
  };
}

/** Nothing is ever told to listeners: nothing happens to the connection. */
function itself(this: unknown): unknown {
  return this;
}

const unknownCommands: object = new Proxy(
  {},
  {
    get: (_target, name) => {
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      return () => commandOf(name);
    },
  },
);

/** MULTI: the commands that were called on it take effect at once when EXEC does. */
function transaction(server: Server, send: <T>(name: string, run: () => T) => Promise<T>): object {
  const queued: (() => [unknown, unknown])[] = [];
  const chain: Record<string, Method> = {
    exec: () => send('multi', () => queued.map((one) => one())),
  };
  for (const command of COMMANDS.values()) {
    chain[command.name.toLowerCase()] = (...args) => {
      queued.push(() => attempt(() => reply(server, command, args)));
      return chain;
    };
  }
  return Object.setPrototypeOf(chain, unknownCommands);
}

function attempt(run: () => unknown): [unknown, unknown] {
  try {
    return [null, run()];
  } catch (error) {
    if (error instanceof RedisError) return [error, undefined];
    throw error;
  }
}

function perform({ store }: Server, { run }: Command, args: readonly unknown[]): Reply {
  return run(store, textsOf(args));
}

/** As ioredis gives it: HGETALL is an object. */
function reply(server: Server, command: Command, args: readonly unknown[]): unknown {
  const given = plain(perform(server, command, args));
  if (command.name !== 'HGETALL' || !Array.isArray(given)) return given;
  return Object.fromEntries(Array.from({ length: given.length / 2 }, (_, at) => given.slice(at * 2, at * 2 + 2)));
}

function plain(given: Reply): unknown {
  if (given instanceof Status) return given.text;
  return Array.isArray(given) ? given.map(plain) : given;
}

function textsOf(args: readonly unknown[]): string[] {
  const texts: string[] = [];
  for (const value of args) {
    if (typeof value === 'string') texts.push(value);
    else texts.push(...toTexts(value));
  }
  return texts;
}

/** Arrays count as their elements, maps and objects as key, value, ... */
function toTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [`${value}`];
  if (value === null || value === undefined) return [''];
  if (Array.isArray(value)) return value.flatMap(toTexts);
  if (value instanceof Map) return [...value].flatMap(toTexts);
  if (typeof value === 'object' && !Buffer.isBuffer(value)) return Object.entries(value).flatMap(toTexts);
  throw new Error(`the twin of Redis does not take a ${typeof value} as argument`);
}

function evaluate(server: Server, source: string, args: readonly unknown[]): unknown {
  server.scripts.set(shaOf(source), server.rewrite(source));
  return evaluateSha(server, shaOf(source), args);
}

function evaluateSha({ store, scripts }: Server, sha: string, [count, ...rest]: readonly unknown[]): unknown {
  const source = scripts.get(sha) ?? scripts.get(sha.toLowerCase());
  if (source === undefined) throw new RedisError('NOSCRIPT No matching script. Please use EVAL.');
  const keyCount = Number(count);
  const texts = textsOf(rest);
  if (!Number.isInteger(keyCount) || keyCount < 0 || keyCount > texts.length)
    throw new RedisError(`ERR Number of keys can't be greater than number of args`);
  return plain(runScript(compile(source), store, texts.slice(0, keyCount), texts.slice(keyCount)));
}
