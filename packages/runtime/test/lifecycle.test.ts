import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { every, sleep } from '../src/index.ts';

const RUNTIME = new URL('../src/index.ts', import.meta.url).href;

/** Runs a program whose `main` has this body, and tells when it has printed "up". */
async function service(body: string) {
  const source = `import { ConfigError, runService, aborted } from ${JSON.stringify(RUNTIME)};
    setInterval(() => {}, 1000);
    await runService('probe', async (signal) => { ${body} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, stderr }));
  const up = once(child.stdout, 'data');
  return { child, ended, up };
}

test('a signal aborts the service, which ends with 0 after its own clean-up', async () => {
  const { child, ended, up } = await service(`console.log('up'); await aborted(signal); console.error('drained');`);
  await up;
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, stderr: 'drained\n' });
});

test('bad configuration is one message and exit code 2', async () => {
  const { ended } = await service(`throw new ConfigError('the environment is not usable', ['REDIS_URL: not set']);`);
  expect(await ended).toEqual({ code: 2, stderr: 'the environment is not usable:\n  REDIS_URL: not set\n' });
});

test('an unhandled rejection is a fatal line and exit code 1', async () => {
  const { ended } = await service(`Promise.reject(new Error('forgotten')); await aborted(signal);`);
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({ level: 'fatal', service: 'probe', err: { message: 'forgotten' } });
});

test('a sleep ends at once when the signal aborts, and says so', async () => {
  const stop = new AbortController();
  const slept = sleep(60_000, stop.signal);
  stop.abort();
  expect(await slept).toBe(false);
  expect(await sleep(60_000, stop.signal)).toBe(false);
  expect(await sleep(1)).toBe(true);
});

test('a repeated task never overlaps itself and goes on after an error', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  let running = 0;
  let runs = 0;
  await every(
    1,
    stop.signal,
    async () => {
      expect(++running).toBe(1);
      await sleep(3);
      running--;
      if (++runs === 3) stop.abort();
      if (runs === 1) throw new Error('first');
    },
    (error) => errors.push(error),
  );
  expect({ runs, errors }).toEqual({ runs: 3, errors: [new Error('first')] });
});
