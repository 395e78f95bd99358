import { readFile } from 'node:fs/promises';
import { openFleetMetrics, openMetrics } from '@backstop/runtime';
import { describe, expect, test } from 'vitest';
import { dashboardQueries } from './dashboard.ts';
import { ROOT } from './run-command.ts';

const METRIC = /\b(?:backstop|process|nodejs)_[a-z_]+\b/g;
const HISTOGRAM_PARTS = ['_bucket', '_sum', '_count'];

describe('what Prometheus and Grafana ask for', () => {
  test.each(['infra/prometheus/alerts.yml', 'infra/prometheus/alerts.test.yml'])(
    'each metric in %s is one that the services serve',
    async (file) => {
      const asked = metricsIn(await text(file));
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((name) => !served().has(name))).toEqual([]);
    },
  );

  test('each metric on the dashboard is one that the services serve', async () => {
    const queries = await dashboardQueries();
    const asked = metricsIn(queries.map(({ expr }) => expr).join('\n'));
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name) => !served().has(name))).toEqual([]);
  });

  test('F-10 each alert has a unit test that sees it fire', async () => {
    const alerts = [...(await text('infra/prometheus/alerts.yml')).matchAll(/alert: (\w+)/g)].map(([, name]) => name);
    const tests = await text('infra/prometheus/alerts.test.yml');
    const fired = new Set([...tests.matchAll(/alertname: (\w+)\n\s+exp_alerts:(?! \[\])/g)].map(([, name]) => name));
    expect(alerts.length).toBeGreaterThan(8);
    expect(alerts.filter((name) => !fired.has(name))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  test('needs nothing that Compose 1.29 does not know, and leaves workers free to be scaled', async () => {
    const compose = await text('docker-compose.yml');
    expect(compose).not.toMatch(/^(?:name|include|version):/m);
    expect(compose).not.toMatch(/^\s+develop:/m);
    const worker = /^ {2}worker:\n(?: {4}.*\n|\n)+/m.exec(compose)?.[0] ?? '';
    expect(worker).toContain('SERVICE: worker');
    expect(worker).not.toMatch(/ports:|container_name:/);
  });

  test('reads the variables of .env.example, with the same defaults, and no others', async () => {
    const used = [...(await text('docker-compose.yml')).matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)];
    const passedOn = ['NPM_CONFIG_REGISTRY', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map(
      (name) => [name, ''] as const,
    );
    const profiles = ['COMPOSE_PROFILES', 'paper'] as const;
    const example = [...(await text('.env.example')).matchAll(/^([A-Z_]+)=(.*)$/gm)];
    const defaults = [...used.map(([, name = '', value = '']) => [name, value] as const), ...passedOn, profiles];
    expect(Object.fromEntries(example.map(([, name = '', value = '']) => [name, value]))).toEqual(
      Object.fromEntries(defaults),
    );
  });

  test('sets Redis as the embedded one is set', async () => {
    const command = /redis-server [^\n]+\n[^\n]+/.exec(await text('docker-compose.yml'))?.[0] ?? '';
    const embedded = await text('packages/runtime/src/redis-spawn.ts');
    const settings = [...embedded.matchAll(/^ {2}'?(append\w+|maxmemory-policy)'?: '(\w+)'/gm)];
    expect(settings).toHaveLength(3);
    for (const [, name = '', value = ''] of settings) expect(command).toContain(`--${name} ${value}`);
    expect(command).toContain('--hash-max-listpack-value 1024');
  });
});

test('the image is built with the pnpm of package.json', async () => {
  const { packageManager } = JSON.parse(await text('package.json')) as { packageManager: string };
  const [, version] = /PNPM_VERSION=(\S+)/.exec(await text('infra/Dockerfile')) ?? [];
  expect(`pnpm@${version}`).toBe(packageManager);
});

test('the paper exchange lists the accounts, with the same keys, and the instruments of the workload', async () => {
  const market = JSON.parse(await text('infra/paper/market.json')) as Market;
  const { accounts } = JSON.parse(await text('infra/paper/accounts.json')) as Pick<Market, 'accounts'>;
  const workload = JSON.parse(await text('data/workload-30.json')) as { accounts: string[]; instruments: object[] };
  expect(market.instruments).toEqual(workload.instruments);
  expect(market.accounts.map(({ name }) => name)).toEqual(workload.accounts);
  expect(market.accounts.map(({ name, apiKey, secret }) => ({ name, apiKey, secret }))).toEqual(accounts);
});

interface Market {
  readonly accounts: readonly { readonly name: string; readonly apiKey: string; readonly secret: string }[];
  readonly instruments: readonly object[];
}

function metricsIn(source: string): readonly string[] {
  return [...new Set(source.match(METRIC))];
}

function served(): ReadonlySet<string> {
  const metrics = openMetrics('test');
  openFleetMetrics(metrics);
  const all = metrics.registry.getMetricsAsArray();
  return new Set(
    all.flatMap((metric) =>
      'buckets' in metric ? HISTOGRAM_PARTS.map((part) => `${metric.name}${part}`) : [metric.name],
    ),
  );
}

function text(file: string): Promise<string> {
  return readFile(`${ROOT}${file}`, 'utf8');
}
