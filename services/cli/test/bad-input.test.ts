import { expect, test } from 'vitest';
import { runProgram } from '../src/program.ts';
import { runCli } from './run-cli.ts';
import { useTempFolder } from './temp-folder.ts';

const { pathOf, write } = useTempFolder('bad-input-');

const instruments = [
  { symbol: 'SOLUSDT', tickSize: '0.01', qtyStep: '0.1', minOrderQty: '0.1', minNotionalValue: '5', price: '100.00' },
];
const plan = {
  account: 'main',
  symbol: 'SOLUSDT',
  side: 'Buy',
  entries: [{ type: 'Market', qty: '1.0' }],
  takeProfits: [{ price: '104.00', percent: 100 }],
  stopLoss: { triggerPrice: '95.00' },
};

test('every fault of flags, plans and accounts comes at once, nothing starts, and the exit code is 2', async () => {
  const plans = await write('plans.json', {
    accounts: ['main', 'mirror'],
    instruments,
    plans: [
      { ...plan, takeProfits: [{ price: '104.00', percent: 90 }] },
      {
        ...plan,
        account: 'mirror',
        takeProfits: [{ price: '99.00', percent: 100 }],
        stopLoss: { triggerPrice: '95.005' },
      },
      { ...plan, symbol: 'FOOUSDT' },
      { ...plan, trailing: true },
      plan,
      {
        ...plan,
        account: 'mirror',
        side: 'Sell',
        takeProfits: [{ price: '90.00', percent: 100 }],
        stopLoss: { triggerPrice: '105.00' },
      },
      { ...plan, symbol: 'SOLUSDT', account: 'main', deadline: '2020-01-01T00:00:00Z' },
    ],
  });
  const accounts = await write('accounts.json', { accounts: [{ name: 'main', apiKey: 'main-key' }] });
  const { code, stderr, stdout, left } = await runCli(
    ['up', '--plans', plans, '--accounts', accounts, '--workers', 'many', '--latency', '-1'],
    { BACKSTOP_MIRROR_API_KEY: 'mirror-key' },
  );

  const paths = stderr
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(': ')[0]);
  expect(paths).toEqual([
    '--latency',
    '--workers',
    'accounts.main.secret',
    'accounts.mirror.secret',
    'plans[3].trailing',
    'plans[0].takeProfits',
    'plans[1].takeProfits[0].price',
    'plans[1].stopLoss.triggerPrice',
    'plans[2].symbol',
    'plans[3]',
    'plans[4]',
    'plans[5].side',
    'plans[6]',
    'plans[6].deadline',
  ]);
  expect({ code, stdout, left }).toEqual({ code: 2, stdout: '', left: [] });
  expect(stderr).not.toMatch(/main-key|mirror-key/);
});

test('what becomes of positions without a plan is checked before anything starts, from the flag or the environment', async () => {
  const plans = await write('plans.json', { accounts: ['main'], instruments, plans: [plan] });
  const adoption = await write('adoption.json', { default: { mode: 'protect-only' }, accounts: { mian: {} } });
  const expected = [
    `${adoption}: default.stopDistancePercent: missing`,
    `${adoption}: accounts.mian.mode: expected mode ignore, protect-only or manage`,
  ];
  const given = [
    await runCli(['up', '--plans', plans, '--adoption', adoption]),
    await runCli(['up', '--plans', plans], { BACKSTOP_ADOPTION_FILE: adoption }),
  ];
  for (const { code, stderr, stdout, left } of given) {
    expect({ code, stdout, left }).toEqual({ code: 2, stdout: '', left: [] });
    expect(
      stderr
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim()),
    ).toEqual(expected);
  }
});

test('an unknown flag is one clear message and exit code 2', async () => {
  const { code, stderr, stdout, left } = await runCli(['up', '--wokers', '3']);
  expect({ code, stderr, stdout, left }).toEqual({
    code: 2,
    stderr: "unknown option '--wokers' (Did you mean --workers?); see --help\n",
    stdout: '',
    left: [],
  });
});

test.each([
  [['up', '--wokers', '3'], "unknown option '--wokers'"],
  [['upp'], "unknown command 'upp'"],
  [['up', 'now'], 'too many arguments'],
  [['cache', 'clear'], "unknown command 'clear'"],
  [['up', '--for', '60'], '--for: expected a duration such as 60s'],
  [['up', '--for'], "option '--for <duration>' argument missing"],
  [['up', '--plans', '/nowhere.json'], '--plans: cannot read /nowhere.json'],
  [['up', '--venue', 'kraken'], '--venue: expected one of simulator, demo, testnet, mainnet'],
  [['up', '--venue', 'mainnet'], '--venue: mainnet trades with real money'],
  [['up', '--', '--workers', '0'], '--workers: expected a whole number from 1 to 64'],
  [['up', '--', '--streams', '17'], '--streams: expected a whole number from 0 to 16'],
  [['status'], 'Backstop is not running here: start it with `backstop up`, or set REDIS_URL'],
  [['cache', 'stats'], 'Backstop is not running here'],
  [['cache', 'flush'], 'Backstop is not running here'],
  [['persist'], 'Backstop is not running here'],
  [['why', 'main:SOLUSDT'], 'Backstop is not running here'],
  [['why'], "missing required argument 'monitor'"],
  [['plan', '--accounts', 'main'], "unknown option '--accounts'"],
  [['doctor', '--account'], "option '--account <name>' argument missing"],
  [['doctor', 'main'], 'too many arguments'],
  [['replay', 'now'], '"now" is no decision: expected one such as aaaaaaaaaaaa-t0-17'],
])('%j is told in one clear message', async (args: string[], message: string) => {
  const env = { BACKSTOP_RUN_FILE: pathOf('run.json') };
  const context = { env, signal: AbortSignal.timeout(5_000), print: () => undefined, warn: () => undefined };
  await expect(runProgram(args, context)).rejects.toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  );
});

test('a Redis that does not answer is one clear sentence', async () => {
  const { code, stderr } = await runCli(['status'], { REDIS_URL: 'redis://127.0.0.1:1' });
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'the Redis of Backstop does not answer\n' });
});

test('help is on stdout with exit code 0', async () => {
  const { code, stdout, stderr } = await runCli(['up', '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('--for <duration>');
});
