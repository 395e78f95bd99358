/** The product with one thing broken by hand. */
export interface Mutant {
  /** A sentence: what is broken. */
  readonly name: string;
  /** The file that is changed, from the root of the project. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** The rule that it breaks: S-nn, F-nn, or INVARIANT and its number in `docs/INVARIANTS.md`. */
  readonly rule: string;
  /** The test files that must notice. */
  readonly tests: readonly string[];
  /** Its tests may wait for ever, and ending them after 20 s counts as noticed. Without it that is a fault of the list. */
  readonly mayHang?: boolean;
}

/** What is broken, the rule, the text, what stands there instead, and the tests where they are not those of the file. */
export type Change = readonly [
  name: string,
  rule: string,
  search: string,
  replace: string,
  options?: Partial<Pick<Mutant, 'tests' | 'mayHang'>>,
];

/** The mutants of one file, which the same tests are to notice. */
export function mutantsOf(file: string, tests: readonly string[], changes: readonly Change[]): readonly Mutant[] {
  return changes.map(([name, rule, search, replace, options]) => ({
    name,
    file,
    search,
    replace,
    rule,
    tests,
    ...options,
  }));
}

/** Test files by name: of one package or of the stream process, or the integration tests. */
export function testsOf(
  part: 'core' | 'desk' | 'store' | 'exchange' | 'stream' | 'integration',
  ...names: readonly string[]
): readonly string[] {
  const folders: Readonly<Record<string, string>> = {
    integration: 'tests/integration',
    stream: 'services/stream/test',
  };
  const folder = folders[part] ?? `packages/${part}/test`;
  return names.map((name) => `${folder}/${name}.test.ts`);
}
