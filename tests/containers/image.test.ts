import { GenericContainer, Network, Wait } from 'testcontainers';
import { describe, expect, inject, test } from 'vitest';
import { IMAGE } from './image.ts';
import { REDIS_IMAGE, REDIS_SETTINGS } from './redis.ts';
import { runCommand } from './run-command.ts';

const ACCOUNTS = '{"accounts":[{"name":"main","apiKey":"key","secret":"secret"}]}';
const HEALTH_PORT = 9464;

describe.skipIf(inject('noEngine') !== '')('the image', () => {
  test('runs a worker that is healthy and ready, not as root, and that ends with 0 when it is told to', async () => {
    await using network = await new Network().start();
    await using redis = await new GenericContainer(REDIS_IMAGE)
      .withNetwork(network)
      .withNetworkAliases('redis')
      .withCommand(REDIS_SETTINGS)
      .start();
    await using worker = await new GenericContainer(IMAGE)
      .withNetwork(network)
      .withExposedPorts(HEALTH_PORT)
      .withEnvironment({
        SERVICE: 'worker',
        REDIS_URL: 'redis://redis:6379',
        BACKSTOP_EXCHANGE_URL: 'http://127.0.0.1:1',
        BACKSTOP_ACCOUNTS_FILE: '/tmp/accounts.json',
      })
      .withCopyContentToContainer([{ content: ACCOUNTS, target: '/tmp/accounts.json', mode: 0o444 }])
      .withWaitStrategy(Wait.forHealthCheck())
      .start();

    const url = `http://${worker.getHost()}:${worker.getMappedPort(HEALTH_PORT)}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('service="worker"');
    expect((await worker.exec(['id', '-u'])).output.trim()).toBe('1000');
    const beats = (await redis.exec(['redis-cli', 'hkeys', 'bs:{fleet}:processes'])).output.trim();
    expect(beats).toBe(`worker-${worker.getId().slice(0, 12)}`);

    await runCommand('docker', ['stop', '--time', '10', worker.getId()]);
    expect(await exitCode(worker.getId())).toBe(0);
  });

  test('says every variable that is missing, and ends with 2', async () => {
    await using container = await new GenericContainer(IMAGE)
      .withEnvironment({ SERVICE: 'worker' })
      .withWaitStrategy(Wait.forLogMessage(/not usable/))
      .start();
    const said = await runCommand('docker', ['logs', container.getId()], { withErrors: true });
    for (const name of ['REDIS_URL', 'BACKSTOP_EXCHANGE_URL', 'BACKSTOP_ACCOUNTS_FILE'])
      expect(said).toContain(`${name}: not set`);
    expect(await exitCode(container.getId())).toBe(2);
  });

  test('holds neither tests nor tools, and its history no registry and no proxy', async () => {
    const files = await inImage('find . -name "*.test.ts" -not -path "*/.pnpm/*"; ls -A; ls node_modules/.pnpm');
    expect(files).toContain('ioredis@');
    expect(files).not.toMatch(/\.test\.ts|vitest|typescript-|oxlint|testcontainers|\.env|docker-compose/);
    const history = await runCommand('docker', ['history', '--no-trunc', IMAGE]);
    expect(history).not.toMatch(/registry|proxy/i);
  });
});

function inImage(script: string): Promise<string> {
  return runCommand('docker', ['run', '--rm', IMAGE, 'sh', '-c', script]);
}

/** Waits until the container has ended. */
async function exitCode(container: string): Promise<number> {
  return Number(await runCommand('docker', ['wait', container]));
}
