import { maintenanceWorker, openQueues } from '@backstop/store';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { call, OPERATOR, useGateway } from './gateway.ts';

const gateway = useGateway();
const REF = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: 'aaaaaaaaaaaa' } as const;

const boardSchema = z.object({
  queues: z.array(
    z.object({
      name: z.string(),
      readOnlyMode: z.boolean(),
      allowRetries: z.boolean(),
      isPaused: z.boolean(),
      counts: z.record(z.string(), z.number()),
      jobs: z.array(z.object({ failedReason: z.string().optional(), stacktrace: z.array(z.string()) })),
    }),
  ),
});

async function board(headers: Record<string, string> = {}, query = '') {
  const { status, json } = await call(`${gateway().url}/queues/api/queues${query}`, { headers });
  expect(status).toBe(200);
  return boardSchema.parse(json).queues;
}

test('shows the three queues and what is in them', async () => {
  await using queues = openQueues(gateway().redisUrl);
  await queues.wake(REF, 'tp-sl', 'event', 'operator');

  const shown = await board();
  expect(shown.map(({ name }) => name)).toEqual(['tp-sl', 'limit-order', 'maintenance']);
  expect(shown[0]?.counts).toMatchObject({ waiting: 1 });
});

test('without the token it is read-only, with it its actions work', async () => {
  const pause = `${gateway().url}/queues/api/queues/tp-sl/pause`;
  expect((await board()).every(({ readOnlyMode, allowRetries }) => readOnlyMode && !allowRetries)).toBe(true);
  expect((await call(pause, { method: 'PUT' })).status).toBe(401);
  expect((await board())[0]?.isPaused).toBe(false);

  expect((await board(OPERATOR)).some(({ readOnlyMode }) => readOnlyMode)).toBe(false);
  expect((await call(pause, { method: 'PUT', headers: OPERATOR })).status).toBe(200);
  expect((await board())[0]?.isPaused).toBe(true);
});

test('the stack of a failed job is for operators', async () => {
  await using queues = openQueues(gateway().redisUrl);
  await using worker = maintenanceWorker(gateway().redisUrl, () => Promise.reject(new Error('the archive is down')));
  await worker.ready();
  await expect(queues.ask({ type: 'persist' }, { timeoutMs: 5_000 })).rejects.toThrow('the archive is down');

  const failed = '?activeQueue=maintenance&status=failed&page=1';
  expect((await board({}, failed))[2]?.jobs).toMatchObject([{ failedReason: 'the archive is down', stacktrace: [] }]);
  expect((await board(OPERATOR, failed))[2]?.jobs[0]?.stacktrace[0]).toContain('board.test.ts');
});

test('its page loads scripts and styles of its own that are there, and none from elsewhere may run', async () => {
  const { url } = gateway();
  const { text, headers } = await call(`${url}/queues`);
  const own = [...text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => `${url}/queues/${path}`);
  expect(own.length).toBeGreaterThan(4);
  expect(await Promise.all(own.map(async (asset) => (await call(asset)).status))).toEqual(own.map(() => 200));
  expect(headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[^']+';/);
  expect(text).not.toMatch(/<script(?![^>]*(src=|type="application\/json"))/);
});

test('an unknown queue or job is 404', async () => {
  for (const path of ['nothing/1', 'tp-sl/1']) {
    expect((await call(`${gateway().url}/queues/api/queues/${path}`)).status).toBe(404);
  }
});

test.each([
  ['GET', '?status=%00', undefined],
  ['GET', '?activeQueue=%25', undefined],
  ['POST', '/tp-sl/add', { name: 'check', data: {}, options: { jobId: '7' } }],
  ['POST', '/tp-sl/add', { name: 'check', data: {}, options: { priority: 1e9 } }],
])('what the queue itself refuses (%s %s) is the fault of the one who asked', async (method, path, body) => {
  const { status, json } = await call(`${gateway().url}/queues/api/queues${path}`, {
    method,
    headers: { ...OPERATOR, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect({ status, json }).toEqual({ status: 422, json: { error: expect.stringMatching(/^the queue refuses: ./) } });
});
