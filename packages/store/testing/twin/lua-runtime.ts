import { commandOf } from './commands.ts';
import { decodeJson, encodeJson } from './lua-cjson.ts';
import { library } from './lua-library.ts';
import { numberToArg } from './lua-numbers.ts';
import {
  add,
  bound,
  callable,
  concat,
  divide,
  greater,
  greaterOrEqual,
  keysOf,
  less,
  lessOrEqual,
  modulo,
  multiply,
  negate,
  power,
  subtract,
  tableOf,
  truthy,
} from './lua-operators.ts';
import { RedisError } from './redis-reply.ts';
import { index, lengthOf, list, Multi, newTable, NONE, one, setIndex, type LuaValue } from './lua-table.ts';

/** Everything that a translated script calls, by the name that the translation uses. */
export const runtime = {
  add,
  bound,
  callable,
  concat,
  divide,
  greater,
  greaterOrEqual,
  keysOf,
  less,
  lessOrEqual,
  modulo,
  multiply,
  negate,
  power,
  subtract,
  tableOf,
  truthy,
  command: commandOf,
  decodeJson,
  encodeJson,
  index,
  lengthOf,
  library,
  list,
  Multi,
  newTable,
  NONE,
  one,
  setIndex,
  toArg,
} as const;

function toArg(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberToArg(value);
  throw new RedisError('ERR Lua redis lib command arguments must be strings or integers');
}
