import { expect, test } from 'vitest';
import { namedAccounts, withBalances } from '../src/index.ts';
import { balances, faultsIn, fileOf, groupPlan, NOW_MS, planOf, plansIn, read } from './group-file.ts';
import type { Members } from './group-file.ts';

const PAIR: Members = [
  { account: 'main', ratio: '1' },
  { account: 'mirror', ratio: '0.5' },
];
const SHARE: Members = [
  { account: 'main', ratio: '1' },
  { account: 'small', shareOfBalance: '0.25' },
];

test('a plan names an account or a group, and one of the two', () => {
  const { group: _, ...nobody } = groupPlan;
  expect(faultsIn(fileOf(PAIR, [nobody]))).toEqual(['plans[0].account: missing']);
  expect(faultsIn(fileOf(PAIR, [{ ...nobody, colour: 'red', side: 'Up' }])).toSorted()).toEqual([
    'plans[0].account: missing',
    'plans[0].colour: unknown key',
    expect.stringMatching(/^plans\[0\]\.side: /),
  ]);
  expect(faultsIn(fileOf(PAIR, [{ ...groupPlan, account: 'main' }]))).toEqual([
    'plans[0].group: give either account or group',
  ]);
});

test('an unknown group is one fault', () => {
  expect(faultsIn(fileOf(PAIR, [{ ...groupPlan, group: 'dekS' }]))).toEqual([
    expect.stringMatching(/^plans\[0\]\.group: expected a group name/),
  ]);
  expect(faultsIn(fileOf(PAIR, [{ ...groupPlan, group: 'deks' }]))).toEqual(['plans[0].group: unknown group deks']);
  expect(faultsIn(fileOf(PAIR, [groupPlan], { groups: undefined }))).toEqual(['plans[0].group: unknown group desk']);
});

test.each<[string, unknown, string]>([
  ['an empty group', { accounts: [] }, 'groups.desk.accounts: expected at least one account'],
  [
    'an account that is listed twice',
    { accounts: [...PAIR, PAIR[0]] },
    'groups.desk.accounts[2].account: main is listed twice',
  ],
  [
    'two rules for one account',
    { accounts: [{ account: 'main', ratio: '1', fixed: '2' }] },
    `groups.desk.accounts[0]: give one of fixed, ratio and shareOfBalance`,
  ],
  [
    'an account without a rule',
    { accounts: [{ account: 'main' }] },
    `groups.desk.accounts[0]: give one of fixed, ratio and shareOfBalance`,
  ],
  [
    'a percentage for a share',
    { accounts: [{ account: 'main', shareOfBalance: '25' }] },
    'groups.desk.accounts[0].shareOfBalance: expected a share of the balance, such as "0.25" for a quarter: at most 10',
  ],
  [
    'a ratio as a number',
    { accounts: [{ account: 'main', ratio: 1 }] },
    'groups.desk.accounts[0].ratio: expected a decimal as text, such as "0.4290"',
  ],
  ['an unknown key', { accounts: PAIR, policy: 'x' }, 'groups.desk.policy: unknown key'],
])('%s is one clear fault', (_name, desk, fault) => {
  expect(faultsIn(fileOf([], [groupPlan], { groups: { desk } }))).toEqual([fault]);
});

test('the faults of all groups come at once, with those of the plans', () => {
  const groups = {
    desk: { accounts: [{ account: 'Main', ratio: '0' }, ...PAIR, PAIR[1]] },
    '5d': { accounts: PAIR },
    empty: { accounts: [] },
  };
  const paths = faultsIn(fileOf([], [groupPlan, planOf('main', { symbol: 'FOOUSDT' })], { groups }));
  expect(paths.map((fault) => fault.split(': ')[0])).toEqual([
    'groups.desk.accounts[0].account',
    'groups.desk.accounts[0].ratio',
    'groups.desk.accounts[3].account',
    'groups.5d',
    'groups.empty.accounts',
    'plans[1].symbol',
  ]);
});

test('an account whose part is under the minimum is one fault with its place, and nobody gets a plan', () => {
  const members = [...PAIR, { account: 'tiny', ratio: '0.01' }];
  expect(faultsIn(fileOf(members))).toEqual([
    'plans[0].group.accounts[2]: tiny: 0 is under the minimum of 0.1; 0 is worth 0, under the minimum of 5; ' +
      'take-profits: every leg is under the minimum order quantity',
  ]);
});

test('accounts that are all too small are each told, at their places', () => {
  const [first, second] = ['tiny', 'less'].map((account) => ({ account, ratio: '0.01' }));
  expect(faultsIn(fileOf([first ?? {}, second ?? {}])).map((fault) => fault.split(': 0 is')[0])).toEqual([
    'plans[0].takeProfits: every leg is under the minimum order quantity',
    'plans[0].group.accounts[0]: tiny',
    'plans[0].group.accounts[1]: less',
  ]);
});

test('an account whose balance cannot be read is one fault with its place', () => {
  const plans = [planOf('other'), groupPlan];
  expect(faultsIn(fileOf(SHARE, plans), { balances: balances({ small: '10003: API key is invalid' }) })).toEqual([
    'plans[1].group.accounts[1]: the balance of small cannot be read: 10003: API key is invalid',
  ]);
  expect(faultsIn(fileOf(SHARE, plans))).toEqual([
    'plans[1].group.accounts[1]: the balance of small cannot be read: nobody has read it',
  ]);
});

test('an account that does not exist is one fault with its place, and its balance is not asked for', () => {
  const file = fileOf([...PAIR, { account: 'nobody', shareOfBalance: '1' }], [groupPlan], {
    accounts: ['main', 'mirror'],
  });
  expect(faultsIn(file)).toEqual(['plans[0].group.accounts[2]: unknown account nobody']);
  expect(read(file).balancesOf).toEqual([]);
});

test('two plans of one account for the same place are one fault, whichever groups they come from', () => {
  const groups = { desk: { accounts: PAIR }, other: { accounts: [{ account: 'extra', ratio: '1' }, PAIR[1]] } };
  const second = { ...groupPlan, group: 'other' };
  expect(faultsIn(fileOf([], [groupPlan, second, planOf('extra')], { groups }))).toEqual([
    'plans[1].group.accounts[1]: duplicate plan for (mirror, SOLUSDT, 0)',
    'plans[2]: duplicate plan for (extra, SOLUSDT, 0)',
  ]);
});

test('plans that are active already count for the account that has them', () => {
  const existing = plansIn({ ...fileOf([]), plans: [planOf('mirror')], groups: {} });
  expect(faultsIn(fileOf(PAIR), { existing })).toEqual([
    'plans[0].group.accounts[1]: duplicate plan for (mirror, SOLUSDT, 0)',
  ]);
});

test('what is wrong with the plan itself is told once, and not for each account', () => {
  const bad = {
    ...groupPlan,
    takeProfits: { prices: ['99.00', '104.001'] },
    stopLoss: { triggerPrice: '98.50' },
    deadline: NOW_MS - 1,
  };
  expect(faultsIn(fileOf(PAIR, [planOf('other'), bad])).map((fault) => fault.split(': ')[0])).toEqual([
    'plans[1].deadline',
    'plans[1].takeProfits.prices[0]',
    'plans[1].stopLoss.triggerPrice',
    'plans[1].takeProfits.prices[1]',
  ]);
});

test('ids follow from plan, group and account, and collide with those of no other plan', () => {
  const [main, mirror] = plansIn(fileOf(PAIR));
  const [own] = plansIn({ ...fileOf([]), plans: [planOf('main')], groups: {} });
  const [renamed] = plansIn(fileOf([], [{ ...groupPlan, group: 'night' }], { groups: { night: { accounts: PAIR } } }));
  const [noted] = plansIn(fileOf(PAIR, [{ ...groupPlan, note: 'again' }]));
  const ids = [main, mirror, own, renamed, noted].map((plan) => plan?.id);
  expect(new Set([...ids, main?.mirror?.planId]).size).toBe(6);
  expect(plansIn(fileOf(PAIR)).map(({ id }) => id)).toEqual([main?.id, mirror?.id]);
});

test('S-24 a mirror has the same id in every version: with another one, trades that are over would be made again', () => {
  expect(plansIn(fileOf(PAIR)).map(({ id, mirror }) => [id, mirror?.planId])).toEqual([
    ['rd3gnebjklh2', 'ynoihswqgpfg'],
    ['btbwljp6jgnd', 'ynoihswqgpfg'],
  ]);
});

test('another size rule or another balance does not make the same trade again', () => {
  const [, before] = plansIn(fileOf(PAIR));
  for (const equity of ['1000', '50000']) {
    const changed = [PAIR[0] ?? {}, { account: 'mirror', shareOfBalance: '0.3' }];
    const [, after] = plansIn(fileOf(changed), { balances: balances({ mirror: equity }) });
    expect(after?.id).toBe(before?.id);
  }
});

test('accounts whose plans were accepted before are left out one by one, and no balance is read for them', () => {
  const [main, small] = plansIn(fileOf(SHARE), { balances: balances({ small: '1000' }) });
  const rest = read(fileOf(SHARE), { leftOut: new Set([small?.id ?? '']) });
  expect(rest).toMatchObject({ ok: true, balancesOf: [], workload: { plans: [{ id: main?.id }] } });
});

test('judged by the file, sizes that depend on balances and prices are no fault, and ids are those of later', () => {
  const [main, small] = plansIn(fileOf(SHARE), { balances: balances({ small: '1000' }) });
  const early = plansIn(fileOf(SHARE), { judgedBy: 'file', instruments: new Map() });
  expect(early.map(({ id }) => id)).toEqual([main?.id, small?.id]);
});

test('balances are asked for once, of the accounts that need them, and none without need', async () => {
  const asked: (readonly string[])[] = [];
  const ask = (accounts: readonly string[]) => {
    asked.push(accounts);
    return Promise.resolve(balances({ small: '1000' }));
  };
  const readAt = (file: object) => withBalances((known) => read(file, { balances: known }), ask);
  expect(await readAt(fileOf(PAIR))).toMatchObject({ ok: true });
  expect(asked).toEqual([]);

  const twice = [groupPlan, { ...groupPlan, positionIdx: 1, side: 'Buy', note: 'faulty, and asked all the same' }];
  expect(await readAt(fileOf(SHARE, twice))).toMatchObject({ ok: false });
  expect(await readAt(fileOf(SHARE))).toMatchObject({
    ok: true,
    workload: { plans: [{}, { mirror: { balance: expect.anything() } }] },
  });
  expect(asked).toEqual([['small'], ['small']]);
});

test('every plan has its place in the file', () => {
  const result = read(fileOf(PAIR, [planOf('other'), groupPlan]));
  expect(result.ok && [...result.workload.places.values()]).toEqual([
    'plans[0]',
    'plans[1].group.accounts[0]',
    'plans[1].group.accounts[1]',
  ]);
  expect(result).toMatchObject({ workload: { accounts: ['other', 'main', 'mirror'] } });
});

test('keys are wanted of the accounts in the groups that plans name, however faulty the file', () => {
  const groups = {
    desk: { accounts: [...PAIR, 7, { account: 'X' }] },
    idle: { accounts: [{ account: 'idle' }] },
    odd: 7,
  };
  const file = { accounts: ['first'], groups, plans: [planOf('other'), { group: 'desk' }, { group: 'odd' }, null] };
  expect(namedAccounts(JSON.stringify(file))).toEqual(['first', 'other', 'main', 'mirror']);
});
