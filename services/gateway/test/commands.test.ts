import { LANES } from '@backstop/core';
import { countDue, bucketOf, getPlans, listActive, maintenanceWorker, openQueues } from '@backstop/store';
import { describe, expect, test } from 'vitest';
import { acceptedSchema } from '../src/schemas.ts';
import { activePlan, call, listMarket, OPERATOR, post, useGateway, writtenPlan } from './gateway.ts';

const gateway = useGateway();
const persist = () => call(`${gateway().url}/v1/persist`, { method: 'POST', headers: OPERATOR });
const submit = (body: unknown) => post(`${gateway().url}/v1/monitors`, body);

async function active(): Promise<readonly string[]> {
  const accounts = await Promise.all(['main', 'mirror'].map((account) => listActive(gateway().redis, account)));
  return accounts.flat().map(({ account, symbol }) => `${account} ${symbol}`);
}

describe('POST /v1/monitors', () => {
  test('accepts the plans of a plan file: they are active and due at once', async () => {
    const { status, json } = await submit({ plans: [writtenPlan(), writtenPlan({ account: 'mirror' })] });
    expect(status).toBe(201);
    const { accepted } = acceptedSchema.parse(json);
    expect(accepted).toMatchObject([{ account: 'main', symbol: 'ALICEUSDT' }, { account: 'mirror' }]);

    const { redis, redisUrl, url } = gateway();
    expect(await active()).toEqual(['main ALICEUSDT', 'mirror ALICEUSDT']);
    for (const lane of LANES) {
      expect(await countDue(redis, bucketOf('main'), lane)).toBeGreaterThanOrEqual(1);
    }
    const refs = await listActive(redis, 'main');
    expect(await getPlans(redis, refs)).toMatchObject([{ id: accepted[0]?.id, side: 'Buy' }]);
    await using queues = openQueues(redisUrl);
    expect((await queues.depths())['limit-order']).toMatchObject({ waiting: 2 });
    expect((await call(`${url}/v1/monitors/${accepted[0]?.id}`)).status).toBe(200);
  });

  test('tells every fault of every plan with its path, and nothing is half applied', async () => {
    const { status, json } = await submit({
      colour: 'red',
      plans: [
        writtenPlan({ account: 'mirror' }),
        writtenPlan({ takeProfits: [{ price: '110', percent: 90 }] }),
        writtenPlan({ symbol: 'FOOUSDT' }),
        writtenPlan({ account: 'nobody', stopLoss: { triggerPrice: '90.001' } }),
        writtenPlan({ trailing: true }),
        7,
      ],
    });
    expect(status).toBe(422);
    expect(json).toEqual({
      error: 'the plans cannot be accepted: nothing was changed',
      faults: expect.arrayContaining([
        { path: 'colour', message: 'unknown key' },
        { path: 'plans[1].takeProfits', message: 'shares sum to 90 %, not to exactly 100 %' },
        { path: 'plans[2].symbol', message: 'unknown symbol FOOUSDT' },
        { path: 'plans[3].account', message: 'unknown account nobody' },
        { path: 'plans[3].stopLoss.triggerPrice', message: '90.001 is not a multiple of the tick size 0.01' },
        { path: 'plans[4].trailing', message: 'unknown key' },
        expect.objectContaining({ path: 'plans[5]' }),
      ]),
    });
    expect(await active()).toEqual([]);
  });

  test('considers the plans that are active already', async () => {
    await activePlan(gateway());
    const { status, json } = await submit({ plans: [writtenPlan({ account: 'mirror' }), writtenPlan()] });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      faults: [{ path: 'plans[1]', message: 'duplicate plan for (main, ALICEUSDT, 0)' }],
    });
    expect(await active()).toEqual(['main ALICEUSDT']);
  });

  test('of many requests for the same place at once, one is accepted', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit({ plans: [writtenPlan()] })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(7);
    expect(await active()).toEqual(['main ALICEUSDT']);
  });

  test.each([
    ['not JSON', '{"plans": [', 400],
    ['nothing', '', 400],
    ['a poisoned prototype', '{"__proto__": {"a": 1}, "plans": []}', 400],
    ['a number', '7', 422],
    ['null', 'null', 422],
    ['no plans', '{}', 422],
    ['an empty list', '{"plans": []}', 422],
    ['more than 1 MiB', `{"note": "${'x'.repeat(1_048_577)}"}`, 413],
  ])('%s is refused, and nothing is changed', async (_name, body, expected) => {
    const { status, json } = await submit(body);
    expect({ status, json }).toEqual({
      status: expected,
      json: expect.objectContaining({ error: expect.any(String) }),
    });
    expect(await active()).toEqual([]);
  });

  test('another type than JSON is 415', async () => {
    const answer = await post(`${gateway().url}/v1/monitors`, 'plans', { ...OPERATOR, 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
  });

  test('while prices are old or trading rules unknown nothing is accepted', async () => {
    await listMarket(gateway().redis, 120_000);
    expect(await submit({ plans: [writtenPlan()] })).toMatchObject({ status: 503 });
    await gateway().redis.flushdb();
    expect(await submit({ plans: [writtenPlan()] })).toMatchObject({
      status: 503,
      json: { error: expect.stringContaining('maintenance') },
    });
  });
});

describe('POST /v1/persist', () => {
  test('answers what the maintenance service made durable', async () => {
    const worker = maintenanceWorker(gateway().redisUrl, ({ type }) =>
      Promise.resolve(type === 'persist' ? { drained: 7, plans: 2 } : {}),
    );
    await using _ = worker;
    await worker.ready();
    expect(await persist()).toMatchObject({ status: 200, json: { drained: 7, plans: 2 } });
  });

  test('says why it is not durable', async () => {
    const worker = maintenanceWorker(gateway().redisUrl, () => Promise.reject(new Error('the archive is down')));
    await using _ = worker;
    await worker.ready();
    expect(await persist()).toMatchObject({ status: 503, json: { error: 'not persisted: the archive is down' } });
  });
});
