import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { checkMutants } from './mutants/check-mutants.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(`${root}/${file}`));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');
const sources = files.filter((file) => /^(packages|services)\/.*\/src\/.*\.ts$/.test(file));
const isSimulator = (file: string): boolean => file.startsWith('services/simulator/');
const tests = files.filter((file) => file.endsWith('.test.ts') || /\/test(ing)?\/.*\.ts$/.test(file));

const ids = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}-${String(index + 1).padStart(2, '0')}`);

describe('documents', () => {
  test('every invariant names a test, and that test exists', () => {
    const testText = tests.map(read).join('\n');
    const invariants = read('docs/INVARIANTS.md')
      .split(/\n(?=\d+\. )/)
      .slice(1);
    const titles = invariants.map((line) => ({
      line,
      titles: [...line.matchAll(/`([^`]+)`/g)].map(([, title]) => title ?? ''),
    }));

    expect(invariants.length).toBeGreaterThan(10);
    expect(titles.filter(({ titles: named }) => named.length === 0)).toEqual([]);
    expect(titles.flatMap(({ titles: named }) => named).filter((title) => !testText.includes(title))).toEqual([]);
  });

  test('each failure mode and each exit rule is named by a test', () => {
    const titled = files.filter((file) => tests.includes(file) || file.startsWith('tests/support/'));
    const named = new Set(titled.flatMap((file) => read(file).match(/\b[FS]-\d\d\b/g) ?? []));

    expect([...ids('F', 46), ...ids('S', 33)].filter((id) => !named.has(id))).toEqual([]);
  });

  test('every file that ARCHITECTURE.md names exists', () => {
    const named = [...read('ARCHITECTURE.md').matchAll(/`((?:packages|services|docs)\/[^`*]+)`/g)].map(
      ([, path]) => path ?? '',
    );

    expect(named.length).toBeGreaterThan(10);
    expect(
      named.filter((path) => !files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, '/')))),
    ).toEqual([]);
  });

  test('every ADR is numbered once and has a status', () => {
    const adrs = files.filter((file) => file.startsWith('docs/adr/'));

    expect(new Set(adrs.map((file) => file.slice(0, 'docs/adr/0001'.length))).size).toBe(adrs.length);
    expect(adrs.filter((file) => !read(file).includes('**Status:**'))).toEqual([]);
  });
});

describe('sources', () => {
  test('F-38 the exchange is reached through the desk only', () => {
    const users = sources.filter((file) => read(file).includes("from 'bybit-api'"));

    expect(users.filter((file) => !file.startsWith('packages/exchange/'))).toEqual([]);
  });

  test('the simulator imports nothing of what it judges', () => {
    const simulator = files.filter((file) => file.startsWith('services/simulator/') && file.endsWith('.ts'));

    expect(simulator.length).toBeGreaterThan(0);
    expect(simulator.filter((file) => /@backstop\/(core|exchange|store|desk|intake)/.test(read(file)))).toEqual([]);
  });

  test('S-28 cancel-all, switch-mode and set-leverage are never called', () => {
    const ours = sources.filter((file) => !file.startsWith('services/simulator/'));

    expect(
      ours.filter((file) =>
        /cancelAllOrders|switchPositionMode|setLeverage|cancel-all|switch-mode|set-leverage/.test(read(file)),
      ),
    ).toEqual([]);
  });

  test('F-32 keys of Redis are made in one file', () => {
    const makers = sources.filter((file) => /['"`]bs:/.test(read(file)));

    expect(makers).toEqual(['packages/store/src/keys.ts']);
  });

  test('S-30 orders go over REST only', () => {
    expect(sources.filter((file) => /WebsocketAPIClient|v5\/trade/.test(read(file)) && !isSimulator(file))).toEqual([]);
  });

  test('F-17 the compiler and the linter let nothing through unseen', () => {
    const { compilerOptions } = JSON.parse(read('tsconfig.json')) as { compilerOptions: Record<string, unknown> };
    const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };

    expect(compilerOptions).toMatchObject(strict);
    expect(sources.filter((file) => /@ts-(ignore|nocheck|expect-error)/.test(read(file)))).toEqual([]);
  });

  test('F-44 every source file can be loaded', async () => {
    const modules = sources.filter((file) => !file.endsWith('/main.ts') && !file.includes('/web/'));

    expect(modules.length).toBeGreaterThan(300);
    for (const file of modules) await import(`${root}${file}`);
  });

  test('every mutant still has its text in the product, once', () => {
    expect(MUTANTS.length).toBeGreaterThan(300);
    expect(checkMutants(MUTANTS, root)).toEqual([]);
  });

  test('every Lua script says what it takes and returns', () => {
    const scripts = files.filter((file) => /lua\/[^/]+\.lua$/.test(file));

    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((file) => !/^-- .*\n(--.*\n)*-- KEYS/.test(read(file)))).toEqual([]);
  });
});
