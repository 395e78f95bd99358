import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from '@backstop/store';

/** One run of a script of the store. */
export interface ScriptCall {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

export interface ScriptWatch {
  /** Called before a script is sent; a promise holds it back for so long, like a slow network. */
  readonly before: (call: ScriptCall) => Promise<void> | undefined;
  readonly after: (call: ScriptCall, reply: unknown) => void;
}

type Send = (first: string, count: number, ...rest: (string | number)[]) => Promise<unknown>;

const FOLDER = new URL('../../packages/store/src/lua/', import.meta.url);

/** The same connection; `watch` hears of every script that goes through it. */
export function watchScripts(redis: Redis, watch: ScriptWatch): Redis {
  const watched =
    (send: Send, shaOfFirst: (first: string) => string) =>
    async (first: string, count: number, ...rest: (string | number)[]): Promise<unknown> => {
      const texts = rest.map(String);
      const name = scriptName(shaOfFirst(first));
      const call = { name, keys: texts.slice(0, count), args: texts.slice(count) };
      const held = watch.before(call);
      if (held !== undefined) await held;
      const reply = await send(first, count, ...rest);
      watch.after(call, reply);
      return reply;
    };
  const evalsha = watched(
    (sha, count, ...rest) => redis.evalsha(sha, count, ...rest),
    (sha) => sha,
  );
  const evaluate = watched((source, count, ...rest) => redis.eval(source, count, ...rest), shaOf);
  return new Proxy(redis, {
    get: (target, property): unknown => {
      if (property === 'evalsha') return evalsha;
      return property === 'eval' ? evaluate : Reflect.get(target, property);
    },
  });
}

const names = new Map<string, string>();

/** The scripts' names by their hashes, read when the first one runs. Throws for a script that is in no file. */
export function scriptName(sha: string): string {
  if (names.size === 0) for (const file of readdirSync(FOLDER)) if (file.endsWith('.lua')) enter(file);
  const name = names.get(sha);
  if (name === undefined) throw new Error(`a script of no file: ${sha}`);
  return name;
}

function enter(file: string): void {
  const source = readLua(file).replace(/^--include (\S+)$/gm, (_line, name: string) => readLua(`include/${name}.lua`));
  names.set(shaOf(source), file.slice(0, -'.lua'.length));
}

function readLua(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

function shaOf(source: string): string {
  return createHash('sha1').update(source).digest('hex');
}
