import { LuaError } from './lua-error.ts';
import { fixed, general, parseNumber, printNumber } from './lua-numbers.ts';
import { index, lengthOf, LuaTable, multi, setIndex, typeName, type LuaResult, type LuaValue } from './lua-table.ts';

/** The functions of Lua's own library that scripts may call, by their name there. */
export const library = {
  tonumber,
  tostring,
  type: (value: LuaValue) => typeName(value),
  unpack,
  'math.floor': (value: LuaValue) => Math.floor(toNumber(value, 1, 'floor')),
  'math.ceil': (value: LuaValue) => Math.ceil(toNumber(value, 1, 'ceil')),
  'math.abs': (value: LuaValue) => Math.abs(toNumber(value, 1, 'abs')),
  'math.min': (...values: LuaValue[]) => extreme(values, 'min', (value, least) => value < least),
  'math.max': (...values: LuaValue[]) => extreme(values, 'max', (value, most) => value > most),
  'string.format': format,
  'string.find': find,
  'string.sub': sub,
  'table.concat': joined,
  'table.insert': insert,
} as const satisfies Readonly<Record<string, (...args: never[]) => LuaResult>>;

function tonumber(value: LuaValue, base?: LuaValue): LuaValue {
  if (base !== undefined && base !== 10) throw new LuaError('twin: tonumber with a base is not supported');
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

function tostring(value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printNumber(value);
  if (value === undefined) return 'nil';
  if (typeof value === 'boolean') return `${value}`;
  throw new LuaError(`twin: tostring of a ${typeName(value)} is not supported`);
}

function unpack(table: LuaValue, from?: LuaValue, to?: LuaValue): LuaResult {
  if (!(table instanceof LuaTable)) throw badArgument(1, 'unpack', 'table', table);
  const first = from === undefined ? 1 : toNumber(from, 2, 'unpack');
  const last = to === undefined ? lengthOf(table) : toNumber(to, 3, 'unpack');
  const values: LuaValue[] = [];
  for (let at = first; at <= last; at += 1) values.push(index(table, at));
  return multi(values);
}

function extreme(values: readonly LuaValue[], name: string, wins: (value: number, held: number) => boolean): number {
  let held = toNumber(values[0], 1, name);
  for (let at = 1; at < values.length; at += 1) {
    const value = toNumber(values[at], at + 1, name);
    if (wins(value, held)) held = value;
  }
  return held;
}

function toNumber(value: LuaValue, position: number, name: string): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? parseNumber(value) : undefined;
  if (number === undefined) throw badArgument(position, name, 'number', value);
  return number;
}

function toText(value: LuaValue, position: number, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printNumber(value);
  throw badArgument(position, name, 'string', value);
}

function badArgument(position: number, name: string, wanted: string, got: LuaValue): LuaError {
  return new LuaError(`bad argument #${position} to '${name}' (${wanted} expected, got ${typeName(got)})`);
}

const DIRECTIVE = /%(%|(?:\.(\d+))?([a-zA-Z]))|%/g;

function format(pattern: LuaValue, ...values: LuaValue[]): string {
  let next = 0;
  return toText(pattern, 1, 'format').replace(DIRECTIVE, (whole, what?: string, precision?: string, kind?: string) => {
    if (what === '%') return '%';
    next += 1;
    const digits = precision === undefined ? undefined : Number(precision);
    return formatOne(kind === undefined ? `${whole}?` : whole, { value: values[next - 1], digits, position: next + 1 });
  });
}

interface Formatted {
  readonly value: LuaValue;
  readonly digits: number | undefined;
  readonly position: number;
}

const KINDS: Readonly<Record<string, (part: Formatted) => string | undefined>> = {
  s: ({ value, digits, position }) => (digits === undefined ? toText(value, position, 'format') : undefined),
  d: ({ value, digits, position }) =>
    digits === undefined ? `${BigInt(Math.trunc(toNumber(value, position, 'format')))}` : undefined,
  f: ({ value, digits, position }) => fixed(toNumber(value, position, 'format'), digits ?? 6),
  g: ({ value, digits, position }) => general(toNumber(value, position, 'format'), digits ?? 6),
};

function formatOne(directive: string, part: Formatted): string {
  const text = KINDS[directive.at(-1) ?? '']?.(part);
  if (text === undefined) throw new LuaError(`twin: string.format does not know ${directive}`);
  return text;
}

/** Plain, from a position that counts from the start: positions are in bytes. */
function find(of: LuaValue, part: LuaValue, from: LuaValue = 1, plain?: LuaValue): LuaResult {
  const [text, wanted, first] = [toText(of, 1, 'find'), toText(part, 2, 'find'), toNumber(from, 3, 'find')];
  const isPlain = (plain !== undefined && plain !== false) || !/[\^$*+?.([%-]/.test(wanted);
  if (!isPlain || first < 1) throw new LuaError('twin: string.find is plain and counts from the start');
  const bytes = toBytes(text);
  const at = bytes.indexOf(toBytes(wanted), first - 1);
  return at < 0 ? undefined : multi([at + 1, at + toBytes(wanted).length]);
}

/** The bytes between two positions, of which negative ones count from the end. What is no text by itself is refused. */
function sub(of: LuaValue, from: LuaValue, to: LuaValue = -1): LuaValue {
  const bytes = toBytes(toText(of, 1, 'sub'));
  const [first, last] = [toNumber(from, 2, 'sub'), toNumber(to, 3, 'sub')];
  const start = first < 0 ? Math.max(bytes.length + first, 0) : Math.max(first - 1, 0);
  return fromBytes(bytes.slice(start, Math.max(start, last < 0 ? bytes.length + last + 1 : last)));
}

const ASCII = /^[\0-\x7f]*$/;

/** UTF-8, a character for each byte. */
function toBytes(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function fromBytes(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  if (Buffer.from(text, 'utf8').toString('latin1') !== bytes)
    throw new LuaError('twin: string.sub cuts a character in two');
  return text;
}

function joined(table: LuaValue, separator?: LuaValue): string {
  if (!(table instanceof LuaTable)) throw badArgument(1, 'concat', 'table', table);
  const between = separator === undefined ? '' : toText(separator, 2, 'concat');
  const parts = Array.from({ length: lengthOf(table) }, (_, at) => {
    const value = table.items[at];
    if (typeof value === 'string' || typeof value === 'number') return tostring(value);
    throw new LuaError(`invalid value (${typeName(value)}) at index ${at + 1} in table for 'concat'`);
  });
  return parts.join(between);
}

function insert(table: LuaValue, ...rest: LuaValue[]): LuaResult {
  if (!(table instanceof LuaTable)) throw badArgument(1, 'insert', 'table', table);
  if (rest.length !== 1) throw new LuaError('twin: table.insert takes a table and a value');
  setIndex(table, lengthOf(table) + 1, rest[0]);
  return undefined;
}
