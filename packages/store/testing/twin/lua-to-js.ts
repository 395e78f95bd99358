import luaparse from 'luaparse';
import type {
  AssignmentStatement,
  Expression,
  ForGenericStatement,
  ForNumericStatement,
  FunctionDeclaration,
  IfStatement,
  LocalStatement,
  ReturnStatement,
  Statement,
} from 'luaparse';
import { call, condition, one, values } from './lua-expressions.ts';
import {
  block,
  declare,
  frame,
  fresh,
  lookUp,
  translate,
  unsupported,
  type Scope,
  type Translators,
  type Unit,
} from './lua-scope.ts';

/**
 * Translates a script of Lua 5.1 into the body of a JavaScript function, which takes `runtime` (lua-runtime.ts) and returns
 * `(redis, KEYS, ARGV) => result`. Knows what our scripts use; anything else throws here, with the line of the script: what
 * is translated means the same.
 */
export function luaToJs(source: string): string {
  const unit: Unit = { lines: source.split('\n'), constants: new Map(), count: 0, translateFunction: functionOf };
  const chunk = luaparse.parse(source, {
    luaVersion: '5.1',
    locations: true,
    comments: false,
    encodingMode: 'pseudo-latin1',
  });
  const scope = frame(unit);
  const body = statements(chunk.body, scope);
  const constants = [...unit.constants].map(([code, name]) => `const ${name} = ${code};\n`);
  return [
    '"use strict";\n',
    'const { add, bound, callable, command, concat, decodeJson, divide, encodeJson, greater, greaterOrEqual, index, keysOf,',
    ' lengthOf, less, lessOrEqual, library, list, modulo, Multi, multiply, negate, newTable, NONE, one, power, setIndex,',
    ' subtract, tableOf, toArg, truthy } = runtime;\n',
    ...constants,
    `return function (redis, KEYS, ARGV) {\n${withTemporaries(scope, body)}};`,
  ].join('');
}

function functionOf(node: FunctionDeclaration, outer: Scope): string {
  const scope = frame(outer.unit, outer);
  const parameters = node.parameters.map((parameter) => {
    if (parameter.type !== 'Identifier') throw unsupported(outer, node, 'functions with ...');
    return declare(scope, parameter.name);
  });
  const body = statements(node.body, scope);
  return `function (${parameters.join(', ')}) {\n${withTemporaries(scope, body)}}`;
}

function withTemporaries({ temporaries }: Scope, body: string): string {
  return `${temporaries.length === 0 ? '' : `let ${temporaries.join(', ')};\n`}${body}return NONE;\n`;
}

function statements(nodes: readonly Statement[], scope: Scope): string {
  return nodes.map((node) => translate(translators, node, scope)).join('');
}

function blockOf(nodes: readonly Statement[], scope: Scope): string {
  return `{\n${statements(nodes, block(scope))}}\n`;
}

const translators: Translators<Statement> = {
  LocalStatement: local,
  AssignmentStatement: assignment,
  CallStatement: (node, scope) => {
    if (node.expression.type !== 'CallExpression') throw unsupported(scope, node);
    return `${call(node.expression, scope)};\n`;
  },
  FunctionDeclaration: namedFunction,
  IfStatement: conditional,
  ReturnStatement: returned,
  ForNumericStatement: counted,
  ForGenericStatement: iterated,
  WhileStatement: (node, scope) => `while (${condition(node.condition, scope)}) ${blockOf(node.body, scope)}`,
  RepeatStatement: (node, scope) => {
    const inner = block(scope); // the condition sees the variables of the body
    const body = statements(node.body, inner);
    return `for (;;) {\n${body}if (${condition(node.condition, inner)}) break;\n}\n`;
  },
  DoStatement: (node, scope) => blockOf(node.body, scope),
  BreakStatement: () => 'break;\n',
};

function local({ variables, init }: LocalStatement, scope: Scope): string {
  const declared = (): string[] => variables.map(({ name }) => declare(scope, name));
  const last = init.at(-1);
  if (last === undefined) return `let ${declared().join(', ')};\n`;

  if (init.length === variables.length) {
    const codes = init.map((node) => one(node, scope)); // before the names are known: they mean the outer ones
    return `let ${declared()
      .map((name, at) => `${name} = ${codes[at]}`)
      .join(', ')};\n`;
  }
  const held = fresh(scope, 'values');
  const code = `const ${held} = [${values(init, scope)}];\n`;
  return `${code}let ${declared()
    .map((name, at) => `${name} = ${held}[${at}]`)
    .join(', ')};\n`;
}

function assignment(node: AssignmentStatement, scope: Scope): string {
  const { variables, init } = node;
  const [only] = init;
  if (variables.length === 1 && init.length === 1 && only !== undefined)
    return variables.map((variable) => assign(variable, one(only, scope), scope)).join('');

  if (variables.some(({ type }) => type !== 'Identifier')) throw unsupported(scope, node, 'several fields set at once');
  const held = fresh(scope, 'values');
  const code = `const ${held} = [${values(init, scope)}];\n`;
  return code + variables.map((variable, at) => assign(variable, `${held}[${at}]`, scope)).join('');
}

function assign(variable: AssignmentStatement['variables'][number], code: string, scope: Scope): string {
  if (variable.type === 'Identifier') {
    const name = lookUp(scope, variable.name);
    if (name === undefined) throw unsupported(scope, variable, `setting the global ${variable.name}`);
    return `${name} = ${code};\n`;
  }
  const key =
    variable.type === 'IndexExpression' ? one(variable.index, scope) : JSON.stringify(variable.identifier.name);
  return `setIndex(${one(variable.base, scope)}, ${key}, ${code});\n`;
}

function namedFunction(node: FunctionDeclaration, scope: Scope): string {
  if (!node.isLocal || node.identifier?.type !== 'Identifier')
    throw unsupported(scope, node, 'functions that are not local');
  const name = declare(scope, node.identifier.name); // known inside itself
  return `let ${name} = ${functionOf(node, scope)};\n`;
}

function conditional({ clauses }: IfStatement, scope: Scope): string {
  const parts = clauses.map((clause) => {
    if (clause.type === 'ElseClause') return blockOf(clause.body, scope);
    return `if (${condition(clause.condition, scope)}) ${blockOf(clause.body, scope)}`;
  });
  return parts.join('else ');
}

function returned({ arguments: nodes }: ReturnStatement, scope: Scope): string {
  const [only] = nodes;
  if (only === undefined) return 'return NONE;\n';
  if (nodes.length > 1) return `return new Multi([${values(nodes, scope)}]);\n`;
  return `return ${only.type === 'CallExpression' ? call(only, scope) : one(only, scope)};\n`;
}

function counted({ variable, start, end, step, body }: ForNumericStatement, scope: Scope): string {
  const [at, limit, by] = [fresh(scope, 'at'), fresh(scope, 'limit'), fresh(scope, 'by')];
  const from = `${at} = bound(${one(start, scope)}, "initial")`;
  const to = `${limit} = bound(${one(end, scope)}, "limit")`;
  const stride = `${by} = ${step === null ? '1' : `bound(${one(step, scope)}, "step")`}`;
  const inner = block(scope);
  const name = declare(inner, variable.name);
  const goesOn = `${by} > 0 ? ${at} <= ${limit} : ${at} >= ${limit}`;
  const code = `let ${name} = ${at};\n${statements(body, inner)}`;
  return `for (let ${from}, ${to}, ${stride}; ${goesOn}; ${at} += ${by}) {\n${code}}\n`;
}

function iterated(node: ForGenericStatement, scope: Scope): string {
  const { how, of } = iterator(node, scope);
  const [table, key, value] = [fresh(scope, 'table'), fresh(scope, 'key'), fresh(scope, 'value')];
  const source = `const ${table} = tableOf(${one(of, scope)}, "${how}");\n`;
  const inner = block(scope);
  const declared = node.variables.map(
    ({ name }, at) => `let ${declare(inner, name)} = ${[key, value][at] ?? 'undefined'};\n`,
  );
  const body = declared.join('') + statements(node.body, inner);
  const held = `index(${table}, ${key})`;
  return how === 'ipairs'
    ? `${source}for (let ${key} = 1, ${value} = ${held}; ${value} !== undefined; ${key} += 1, ${value} = ${held}) {\n${body}}\n`
    : `${source}for (const ${key} of keysOf(${table})) {\nconst ${value} = ${held};\nif (${value} === undefined) continue;\n${body}}\n`;
}

function iterator(node: ForGenericStatement, scope: Scope): { readonly how: string; readonly of: Expression } {
  const [only, ...others] = node.iterators;
  if (only?.type === 'CallExpression' && only.base.type === 'Identifier' && others.length === 0) {
    const [{ name: how }, [of, ...more]] = [only.base, only.arguments];
    const isKnown = (how === 'ipairs' || how === 'pairs') && lookUp(scope, how) === undefined;
    if (isKnown && of !== undefined && more.length === 0) return { how, of };
  }
  throw unsupported(scope, node, 'a loop over something else than ipairs or pairs');
}
