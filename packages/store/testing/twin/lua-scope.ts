import type { Expression, FunctionDeclaration, Statement } from 'luaparse';

/** What is being translated: shared by all parts of one script. */
export interface Unit {
  readonly lines: readonly string[];
  /** Declarations that run once, when the script is compiled, by their JavaScript name. */
  readonly constants: Map<string, string>;
  /** Makes the names of variables unique. */
  count: number;
  /** Translates a function with its statements; expressions come across functions too. */
  readonly translateFunction: (node: FunctionDeclaration, scope: Scope) => string;
}

/** The variables that a place of the script sees. Of a function, all blocks share `temporaries`. */
export interface Scope {
  readonly unit: Unit;
  readonly parent: Scope | undefined;
  readonly names: Map<string, string>;
  readonly temporaries: string[];
}

/** The names inside a block of the same function. */
export function block(parent: Scope): Scope {
  return { unit: parent.unit, parent, names: new Map(), temporaries: parent.temporaries };
}

/** The names inside a function. */
export function frame(unit: Unit, parent?: Scope): Scope {
  return { unit, parent, names: new Map(), temporaries: [] };
}

/** Declares a variable and gives its JavaScript name. */
export function declare(scope: Scope, name: string): string {
  const own = fresh(scope, name);
  scope.names.set(name, own);
  return own;
}

/** The JavaScript name of a variable; undefined = there is none of that name. */
export function lookUp(scope: Scope, name: string): string | undefined {
  return scope.names.get(name) ?? (scope.parent === undefined ? undefined : lookUp(scope.parent, name));
}

/** A name that nothing else has. */
export function fresh({ unit }: Scope, name: string): string {
  unit.count += 1;
  return `${name}$${unit.count}`;
}

/** A variable of the function for a value that is looked at twice. */
export function temporary(scope: Scope): string {
  const name = fresh(scope, 'held');
  scope.temporaries.push(name);
  return name;
}

/** A declaration of the whole script; the same code gives the same name. */
export function constant({ unit }: Scope, code: string): string {
  const held = unit.constants.get(code) ?? `constant$${unit.constants.size}`;
  unit.constants.set(code, held);
  return held;
}

/** Refuses what the translation does not know, with the line of the script. */
export function unsupported({ unit }: Scope, node: Expression | Statement, what: string = node.type): Error {
  const line = node.loc?.start.line ?? 0;
  const [title = ''] = unit.lines;
  return new Error(`the twin does not know ${what}: line ${line} of "${title}": ${unit.lines[line - 1]?.trim() ?? ''}`);
}

/** How each kind of node is translated; a kind that is missing is refused. */
export type Translators<N extends Expression | Statement> = {
  readonly [T in N['type']]?: (node: Extract<N, { readonly type: T }>, scope: Scope) => string;
};

/** Translates a node by the translator of its kind. */
export function translate<N extends Expression | Statement>(
  translators: Translators<N>,
  node: N,
  scope: Scope,
): string {
  const type: N['type'] = node.type;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has each translator under the type of its nodes
  const own = translators[type] as ((node: N, scope: Scope) => string) | undefined;
  if (own === undefined) throw unsupported(scope, node);
  return own(node, scope);
}
