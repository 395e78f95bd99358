import { createHash } from 'node:crypto';
import type { Command } from './commands.ts';
import { runtime } from './lua-runtime.ts';
import { LuaError } from './lua-error.ts';
import { index, LuaTable, one, type LuaResult, type LuaValue } from './lua-table.ts';
import { luaToJs } from './lua-to-js.ts';
import type { MemoryStore } from './memory-store.ts';
import { RedisError, Status, type Reply } from './redis-reply.ts';

/** A translated script. */
export type Script = (redis: ScriptRedis, keys: LuaTable, args: LuaTable) => LuaResult;

/** What a script calls Redis by. */
interface ScriptRedis {
  readonly call: (command: Command, args: readonly string[]) => LuaValue;
}

const compiled = new Map<string, Script>();
const shas = new Map<string, string>();

/** Translates a script, each source once in this process. Throws where it uses what the translation does not know. */
export function compile(source: string): Script {
  const held = compiled.get(source);
  if (held !== undefined) return held;
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion, typescript/no-unsafe-call -- our own Lua, translated
  const script = new Function('runtime', luaToJs(source))(runtime) as Script;
  compiled.set(source, script);
  return script;
}

/** The name by which EVALSHA knows a source. */
export function shaOf(source: string): string {
  const held = shas.get(source) ?? createHash('sha1').update(source).digest('hex');
  shas.set(source, held);
  return held;
}

/** Runs a script on a store. It may touch the keys that it is given and no others, as on a cluster. */
export function runScript(script: Script, store: MemoryStore, keys: string[], args: string[]): Reply {
  const call = (command: Command, given: readonly string[]): LuaValue => {
    if (command.keys === 'first') check(keys, given[0]);
    else if (command.keys === 'all') for (const key of given) check(keys, key);
    return toLua(command.run(store, given));
  };
  try {
    return toReply(one(script({ call }, new LuaTable([...keys]), new LuaTable(args))));
  } catch (error) {
    if (error instanceof LuaError) throw new RedisError(`ERR user_script: ${error.message}`, { cause: error });
    throw error;
  }
}

function check(allowed: readonly string[], key: string | undefined): void {
  if (key !== undefined && !allowed.includes(key))
    throw new RedisError(`ERR Script attempted to access a non local key in a cluster node: ${key} is not in KEYS`);
}

function toLua(reply: Reply): LuaValue {
  if (typeof reply === 'string' || typeof reply === 'number') return reply;
  if (reply === null) return false;
  if (!(reply instanceof Status)) return new LuaTable(toItems(reply));
  const table = new LuaTable();
  table.fields = new Map([['ok', reply.text]]);
  return table;
}

function toItems(replies: readonly Reply[]): LuaValue[] {
  const items: LuaValue[] = [];
  for (const reply of replies) items.push(typeof reply === 'string' ? reply : toLua(reply));
  return items;
}

function toReply(value: LuaValue): Reply {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Math.trunc(value) + 0; // no -0
  if (value === true) return 1;
  return value instanceof LuaTable ? tableToReply(value) : null;
}

function tableToReply(table: LuaTable): Reply {
  const error = index(table, 'err');
  if (typeof error === 'string') throw new RedisError(error);
  const status = index(table, 'ok');
  if (typeof status === 'string') return new Status(status);

  const end = table.holes === 0 ? -1 : table.items.indexOf(undefined);
  return (end < 0 ? table.items : table.items.slice(0, end)).map(toReply);
}
