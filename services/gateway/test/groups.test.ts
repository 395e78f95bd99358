import { getPlans, listActive, maintenanceWorker, openQueues } from '@backstop/store';
import { format } from '@backstop/core';
import { expect, onTestFinished, test } from 'vitest';
import { balanceReader } from '../src/balance-reader.ts';
import { acceptedSchema } from '../src/schemas.ts';
import { activePlan, call, post, useGateway, writtenPlan } from './gateway.ts';

const gateway = useGateway();
const submit = (body: unknown) => post(`${gateway().url}/v1/monitors`, body);

const groups = {
  desk: {
    accounts: [
      { account: 'main', ratio: '0.5' },
      { account: 'mirror', fixed: '30' },
    ],
  },
};
const plan = writtenPlan({ account: undefined, group: 'desk' });

async function active(): Promise<readonly string[]> {
  const refs = await Promise.all(['main', 'mirror'].map((account) => listActive(gateway().redis, account)));
  const plans = await getPlans(gateway().redis, refs.flat());
  return plans.map((one) => `${one?.account} ${one?.entries.map(({ qty }) => format(qty)).join(' ')}`);
}

test('a plan of a group is accepted as one plan for each of its accounts', async () => {
  const { status, json } = await submit({ groups, plans: [plan] });
  expect(status).toBe(201);
  expect(acceptedSchema.parse(json).accepted.map(({ account }) => account)).toEqual(['main', 'mirror']);
  expect(await active()).toEqual(['main 50 50', 'mirror 15 15']);
});

test('a monitor shows which plan of which group it mirrors, and one of its own shows nothing', async () => {
  const { json } = await submit({ groups, plans: [plan] });
  const details = await Promise.all(
    acceptedSchema.parse(json).accepted.map(({ id }) => call(`${gateway().url}/v1/monitors/${id}`)),
  );
  const [main, mirror] = details.map((answer) => answer.json);
  const planId = expect.stringMatching(/^[a-z2-7]{12}$/);
  expect(main).toMatchObject({ mirror: { group: 'desk', planId, rule: 'ratio', value: '0.5' } });
  expect(mirror).toMatchObject({ mirror: { group: 'desk', planId, rule: 'fixed', value: '30' } });

  const own = await activePlan(gateway(), { symbol: 'ETHUSDT' });
  expect((await call(`${gateway().url}/v1/monitors/${own.id}`)).json).not.toHaveProperty('mirror');
});

const sharing = {
  accounts: [
    { account: 'main', ratio: '0.5' },
    { account: 'mirror', shareOfBalance: '0.5' },
  ],
};

/** Maintenance, as far as balances go. */
async function maintenance(balances: object): Promise<void> {
  const worker = maintenanceWorker(gateway().redisUrl, ({ type }) =>
    type === 'balances' ? Promise.resolve(balances) : Promise.reject(new Error(type)),
  );
  onTestFinished(() => worker.close());
  await worker.ready();
}

test('a share of a balance is worked out from what maintenance reads', async () => {
  await maintenance({ mirror: { equity: '7800' } });
  expect(await submit({ groups: { desk: sharing }, plans: [plan] })).toMatchObject({ status: 201 });
  expect(await active()).toEqual(['main 50 50', 'mirror 20 20']);
});

test('the faults of groups come at once with their places, and nothing is half applied', async () => {
  await maintenance({ mirror: { problem: '10003: API key is invalid' } });
  const { status, json } = await submit({
    groups: { desk: sharing, empty: { accounts: [] } },
    plans: [plan, writtenPlan({ account: undefined, group: 'other' })],
  });
  expect(status).toBe(422);
  expect(json).toMatchObject({
    faults: [
      { path: 'groups.empty.accounts', message: 'expected at least one account' },
      { path: 'plans[1].group', message: 'unknown group other' },
      {
        path: 'plans[0].group.accounts[1]',
        message: 'the balance of mirror cannot be read: 10003: API key is invalid',
      },
    ],
  });
  expect(await active()).toEqual([]);
});

test.each([
  ['a size that is no number', { mirror: { equity: 'plenty' } }, 'not a decimal: "plenty"'],
  ['another form', { mirror: { balance: '7800' } }, 'maintenance gave an answer of another form'],
  ['nothing about the account', {}, 'nobody has read it'],
])('an answer of maintenance with %s is a fault of the account', async (_name, answer, why) => {
  await maintenance(answer);
  const message = `the balance of mirror cannot be read: ${why}`;
  expect(await submit({ groups: { desk: sharing }, plans: [plan] })).toMatchObject({
    status: 422,
    json: { faults: [{ path: 'plans[0].group.accounts[1]', message }] },
  });
  expect(await active()).toEqual([]);
});

test('while no maintenance runs, that is the problem of each account', async () => {
  await using queues = openQueues(gateway().redisUrl);
  const found = await balanceReader(queues, { timeoutMs: 50 })(['main', 'mirror']);
  const problem = 'no maintenance service took "balances" within 50 ms';
  expect([...found]).toEqual([
    ['main', { problem }],
    ['mirror', { problem }],
  ]);
});

test('a place that one account of the group has given away already is a fault of that account', async () => {
  await activePlan(gateway(), { account: 'mirror' });
  const { status, json } = await submit({ groups, plans: [plan] });
  expect(status).toBe(422);
  expect(json).toMatchObject({
    faults: [{ path: 'plans[0].group.accounts[1]', message: 'duplicate plan for (mirror, ALICEUSDT, 0)' }],
  });
  expect(await listActive(gateway().redis, 'main')).toEqual([]);
});
