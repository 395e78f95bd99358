import type {
  BinaryExpression,
  CallExpression,
  Expression,
  LogicalExpression,
  TableConstructorExpression,
  UnaryExpression,
} from 'luaparse';
import { COMMANDS } from './commands.ts';
import { library } from './lua-library.ts';
import { constant, lookUp, temporary, translate, unsupported, type Scope, type Translators } from './lua-scope.ts';

const BINARY: ReadonlyMap<string, (a: string, b: string) => string> = new Map([
  ['==', (a: string, b: string) => `(${a} === ${b})`],
  ['~=', (a: string, b: string) => `(${a} !== ${b})`],
  ...Object.entries({
    '<': 'less',
    '<=': 'lessOrEqual',
    '>': 'greater',
    '>=': 'greaterOrEqual',
    '+': 'add',
    '-': 'subtract',
    '*': 'multiply',
    '/': 'divide',
    '%': 'modulo',
    '^': 'power',
    '..': 'concat',
  }).map(([operator, name]) => [operator, (a: string, b: string) => `${name}(${a}, ${b})`] as const),
]);
const COMPARISONS = new Set(['==', '~=', '<', '<=', '>', '>=']);
const GLOBALS = new Set(['KEYS', 'ARGV']);
/** Of these the result is never several values. */
const SINGLE = new Set(Object.keys(library).filter((name) => name !== 'unpack' && name !== 'string.find'));

const translators: Translators<Expression> = {
  StringLiteral: (node, scope) => text(node.value, node, scope),
  NumericLiteral: ({ value }) => `${value}`,
  BooleanLiteral: ({ value }) => `${value}`,
  NilLiteral: () => 'undefined',
  Identifier: (node, scope) => variable(node.name, node, scope),
  FunctionDeclaration: (node, scope) => scope.unit.translateFunction(node, scope),
  BinaryExpression: binary,
  LogicalExpression: logical,
  UnaryExpression: unary,
  IndexExpression: (node, scope) => `index(${one(node.base, scope)}, ${one(node.index, scope)})`,
  MemberExpression: (node, scope) => {
    if (node.indexer !== '.') throw unsupported(scope, node, 'methods');
    return `index(${one(node.base, scope)}, ${JSON.stringify(node.identifier.name)})`;
  },
  TableConstructorExpression: table,
  CallExpression: (node, scope) => (isSingle(node, scope) ? call(node, scope) : `one(${call(node, scope)})`),
};

/** Code of exactly one value. */
export function one(node: Expression, scope: Scope): string {
  return translate(translators, node, scope);
}

/** Code that is a JavaScript boolean: whether the value is neither nil nor false. */
export function condition(node: Expression, scope: Scope): string {
  if (node.type === 'LogicalExpression') {
    const operator = node.operator === 'and' ? '&&' : '||';
    return `(${condition(node.left, scope)} ${operator} ${condition(node.right, scope)})`;
  }
  return isBoolean(node) ? one(node, scope) : `truthy(${one(node, scope)})`;
}

/** Code of the list of values that these expressions are: the last one may give several, or none. */
export function values(nodes: readonly Expression[], scope: Scope, through?: 'toArg'): string {
  const last = nodes.at(-1);
  const isOpen = last?.type === 'CallExpression' && !isSingle(last, scope);
  const fixed = (isOpen ? nodes.slice(0, -1) : nodes).map((node) => {
    const code = one(node, scope);
    return through === undefined || node.type === 'StringLiteral' ? code : `${through}(${code})`;
  });
  if (!isOpen) return fixed.join(', ');
  const open = `...list(${call(last, scope)})`;
  return [...fixed, through === undefined ? open : `${open}.map(${through})`].join(', ');
}

/** Code of a call's result, which may be several values. */
export function call(node: CallExpression, scope: Scope): string {
  const name = libraryName(node.base, scope);
  if (name === undefined) return `callable(${one(node.base, scope)})(${values(node.arguments, scope)})`;
  if (name === 'redis.call') return redisCall(node, scope);
  if (name === 'cjson.decode') return `decodeJson(${values(node.arguments, scope)})`;
  if (name === 'cjson.encode') return `encodeJson(${values(node.arguments, scope)})`;
  if (!Object.hasOwn(library, name)) throw unsupported(scope, node, name);
  return `${constant(scope, `library[${JSON.stringify(name)}]`)}(${values(node.arguments, scope)})`;
}

function redisCall(node: CallExpression, scope: Scope): string {
  const [name, ...args] = node.arguments;
  if (name?.type !== 'StringLiteral') throw unsupported(scope, node, 'redis.call of a computed command');
  if (!COMMANDS.has(name.value.toUpperCase())) throw unsupported(scope, node, `the command ${name.value}`);
  const command = constant(scope, `command(${JSON.stringify(name.value)})`);
  return `redis.call(${command}, [${values(args, scope, 'toArg')}])`;
}

function binary(node: BinaryExpression, scope: Scope): string {
  const code = BINARY.get(node.operator);
  if (code === undefined) throw unsupported(scope, node, node.operator);
  return code(one(node.left, scope), one(node.right, scope));
}

function logical({ operator, left, right }: LogicalExpression, scope: Scope): string {
  const other = one(right, scope);
  if (isBoolean(left)) {
    const decision = one(left, scope);
    return operator === 'and' ? `(${decision} ? ${other} : false)` : `(${decision} ? true : ${other})`;
  }
  const held = temporary(scope);
  const decision = `truthy(${held} = ${one(left, scope)})`;
  return operator === 'and' ? `(${decision} ? ${other} : ${held})` : `(${decision} ? ${held} : ${other})`;
}

function unary(node: UnaryExpression, scope: Scope): string {
  if (node.operator === 'not') return `!${condition(node.argument, scope)}`;
  if (node.operator === '#') return `lengthOf(${one(node.argument, scope)})`;
  if (node.operator === '-') return `negate(${one(node.argument, scope)})`;
  throw unsupported(scope, node, node.operator);
}

function table({ fields }: TableConstructorExpression, scope: Scope): string {
  const items: Expression[] = [];
  const pairs: string[] = [];
  for (const field of fields) {
    if (field.type === 'TableValue') items.push(field.value);
    else if (field.type === 'TableKeyString') pairs.push(JSON.stringify(field.key.name), one(field.value, scope));
    else pairs.push(one(field.key, scope), one(field.value, scope));
  }
  return `newTable([${values(items, scope)}], [${pairs.join(', ')}])`;
}

function text(value: string, node: Expression, scope: Scope): string {
  // Bytes above ASCII would be read as Latin-1 here and written as UTF-8 there.
  if (/[^\0-\u007f]/.test(value)) throw unsupported(scope, node, 'text beyond ASCII');
  return JSON.stringify(value);
}

function variable(name: string, node: Expression, scope: Scope): string {
  const own = lookUp(scope, name) ?? (GLOBALS.has(name) ? name : undefined);
  if (own === undefined) throw unsupported(scope, node, `the global ${name} as a value`);
  return own;
}

/** `math.floor` and the like, unless a variable of the script hides it. */
function libraryName(base: Expression, scope: Scope): string | undefined {
  if (base.type === 'Identifier') return lookUp(scope, base.name) === undefined ? base.name : undefined;
  if (base.type !== 'MemberExpression' || base.indexer !== '.' || base.base.type !== 'Identifier') return undefined;
  return lookUp(scope, base.base.name) === undefined ? `${base.base.name}.${base.identifier.name}` : undefined;
}

function isSingle(node: CallExpression, scope: Scope): boolean {
  const name = libraryName(node.base, scope) ?? '';
  return SINGLE.has(name) || name === 'redis.call' || name.startsWith('cjson.');
}

function isBoolean(node: Expression): boolean {
  if (node.type === 'BinaryExpression') return COMPARISONS.has(node.operator);
  return node.type === 'BooleanLiteral' || (node.type === 'UnaryExpression' && node.operator === 'not');
}
