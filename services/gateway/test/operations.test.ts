import { readdirSync, readFileSync } from 'node:fs';
import { openFleetMetrics, openMetrics } from '@backstop/runtime';
import { expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const operations = read('docs/operations.md');

/** The rows of the tables under a heading, as the texts of their cells. */
function rows(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = operations.split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

/** Names in the first column. */
function documented(heading: string): readonly string[] {
  return rows(heading).flatMap(([, first = '']) => [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
}

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => `${folder}/${file}`);

/** What the environment is read through: schemas, and the command line by name. */
function variables(): ReadonlySet<string> {
  const services = readdirSync(new URL('services', root)).filter((service) => service !== 'simulator');
  const sources = ['packages/runtime/src', ...services.map((service) => `services/${service}/src`)].flatMap(sourcesIn);
  const names = sources.flatMap((file) => {
    const text = read(file);
    const schema = file.endsWith('config.ts') ? [...text.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)] : [];
    const asked = [...text.matchAll(/\benv\['([A-Z][A-Z0-9_]+)'\]/g)];
    return [...schema, ...asked].map(([, name]) => name ?? '');
  });
  return new Set(names.filter((name) => !['PATH', 'HOME'].includes(name)));
}

test('every variable that a service or the command line reads is in docs/operations.md, and no other', () => {
  const elsewhere = /^(TEST_\w+|BACKSTOP_<NAME>_API_(KEY|SECRET))$/;
  const told = documented('Environment').filter((name) => !elsewhere.test(name));

  expect(variables().size).toBeGreaterThan(15);
  expect(told.toSorted()).toEqual([...variables()].toSorted());
});

test('every metric is in docs/operations.md with its labels, and no other', async () => {
  const metrics = openMetrics('test');
  openFleetMetrics(metrics);
  const served = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
  const ours = served.filter((name) => name.startsWith('backstop_'));

  expect(ours.length).toBeGreaterThan(10);
  expect(documented('Metrics').toSorted()).toEqual(ours.toSorted());
  const source = read('packages/runtime/src/metrics.ts').replaceAll(/\s+/g, ' ');
  const labels = new Map(rows('Metrics').map(([, name = '', told = '']) => [name.replaceAll('`', ''), told]));
  for (const name of ours) {
    const [, list = ''] = new RegExp(`'${name.replace('backstop_', '')}', '[^']+', \\[([^\\]]*)\\]`).exec(source) ?? [];
    const written = [...list.matchAll(/'(\w+)'/g)].map(([, label]) => label).join(', ');
    expect({ name, labels: labels.get(name) }).toEqual({ name, labels: written });
  }
});

/** Names in a piece of source text: the members of a union of texts, or a `name`. */
function namesIn(file: string, piece: RegExp): readonly string[] {
  const [text = ''] = piece.exec(read(file)) ?? [];
  return [...text.matchAll(/'([A-Z]\w+)'/g)].map(([, name]) => name ?? '');
}

test('every condition is in docs/operations.md with what has it, and no other', () => {
  const diagnosis = 'packages/store/src/diagnosis';
  const ofMonitors = [
    ...namesIn('packages/core/src/decision.ts', /type ConditionName =[^;]+;/),
    ...namesIn(`${diagnosis}/condition-levels.ts`, /scope: 'cache',\s+name: '\w+'/),
  ];
  const ofAccounts = namesIn(`${diagnosis}/account-conditions.ts`, /readonly name: [^;]+;/);

  expect([ofMonitors.length > 10, ofMonitors.includes('Stale'), ofAccounts.length > 3]).toEqual([true, true, true]);
  const told = rows('Conditions').map(([, name = '', of = '']) => `${name.replaceAll('`', '')} of ${of}`);
  const held = [...ofMonitors.map((name) => `${name} of monitor`), ...ofAccounts.map((name) => `${name} of account`)];
  expect(told.toSorted()).toEqual(held.toSorted());
});

test('every alert has a section in docs/operations.md that says whether it pages, and no other', () => {
  const rules = [
    ...read('infra/prometheus/alerts.yml').matchAll(/alert: (\w+)\n(?:.*\n)*?\s+labels: \{ severity: (\w+) \}/g),
  ];
  const sections = [...operations.matchAll(/^### (\w+)\n\n(Page|Warn)\./gm)];

  expect(rules.length).toBeGreaterThan(8);
  const told = sections.map(([, name = '', severity = '']) => [name, severity.toLowerCase()]);
  expect(told).toEqual(rules.map(([, name = '', severity = '']) => [name, severity]));
});
