import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import { anyAccount, anyBucket, command, type StoreCommand } from './store-command.ts';

const anyBudget = fc.record({
  account: anyAccount,
  endpoint: fc.constantFrom('order-create' as const, 'order-create' as const, 'account' as const, 'market' as const),
});

const takeBudget = command(
  'takeBudget',
  fc.tuple(
    anyBudget,
    fc.constantFrom('protective' as const, 'entry' as const, 'audit' as const),
    fc.integer({ min: 1, max: 6 }),
    fc.boolean(),
    fc.boolean(),
  ),
  async ([budget, lane, cost, takesLess, givesBack], redis) => {
    const request = { ...budget, lane, cost, ...(takesLess && { atLeast: 1 }) };
    const first = await store.takeBudget(redis, request);
    const answers = first.granted && givesBack ? [first, await store.takeBudget(redis, request, first)] : [first];
    return answers.map((answer) => ({ ...answer, askedAtMs: 0 })); // by the process's own clock
  },
);

const correctBudget = command(
  'correctBudget',
  fc.tuple(anyBudget, fc.constantFrom(5, 10), fc.nat({ max: 10 })),
  ([budget, limit, remaining], redis) => store.correctBudget(redis, { ...budget, limit, remaining }),
);

const blockBudget = command(
  'blockBudget',
  fc.tuple(anyBudget, fc.constantFrom('class', 'account', 'address'), fc.constantFrom('for', 'until', 'doubling')),
  ([{ account, endpoint }, scope, how], redis, nowMs) => {
    const blocks = {
      for: { forMs: 700 },
      until: { untilMs: nowMs + 2_500 },
      doubling: store.BUDGET_BLOCKS.overloaded,
    } as const;
    const scopes = { class: { account, endpoint }, account: { account }, address: { address: true } } as const;
    return store.blockBudget(redis, scopes[scope], blocks[how]);
  },
);

const countFromNow = command('countFromNow', anyBudget, async (budget, redis) => {
  const request = { ...budget, lane: 'protective', cost: 1 } as const;
  const answer = await store.takeBudget(redis, request);
  if (answer.granted) await store.countFromNow(redis, request, answer);
  return answer.granted;
});

const beat = command('beat', fc.tuple(fc.constantFrom('p1', 'p2'), fc.nat({ max: 9 })), ([name, calls], redis) =>
  store.beat(redis, { name, service: 'worker', pid: 1, url: '', startedAtMs: 1, counters: { calls } }),
);

const processes = command('listProcesses and forgetProcesses', fc.boolean(), async (forgets, redis) => [
  forgets ? await store.forgetProcesses(redis, 2_000) : [],
  await store.listProcesses(redis),
]);

const letters = command(
  'the letters of the installation',
  fc.constantFrom('keep', 'choose', 'peek'),
  async (how, redis) => {
    if (how === 'peek') return (await store.peekInstallation(redis))?.length;
    if (how === 'keep') return store.keepInstallation(redis, 'abc');
    const chosen = await store.installation(redis);
    return [chosen === (await store.installation(redis)), chosen.length];
  },
);

const accounts = command('setAccounts and listAccounts', fc.subarray(['main', 'mirror']), async (names, redis) => {
  await store.setAccounts(redis, names);
  return store.listAccounts(redis);
});

const atMs = 1_785_312_315_678;
const instrument = {
  symbol: 'BTCUSDT',
  status: 'Trading',
  tickSize: 1n,
  qtyStep: 1n,
  minOrderQty: 1n,
  maxOrderQty: 1n,
  maxMktOrderQty: 1n,
  minNotionalValue: 5n,
  deliveryTimeMs: 0,
};

const prices = command(
  'putPrices and getPrices',
  fc.tuple(anyBucket, fc.bigInt(1n, 9n), fc.subarray(['BTCUSDT', 'ETHUSDT'])),
  async (drawn, redis) => {
    const [bucket, last, symbols] = drawn;
    await store.putPrices(
      redis,
      bucket,
      new Map(symbols.map((symbol) => [symbol, { last, mark: 2n, index: 3n, atMs }])),
    );
    return store.getPrices(redis, bucket);
  },
);

const instruments = command('putInstruments and getInstruments', anyBucket, async (bucket, redis) => {
  await store.putInstruments(redis, bucket, new Map([['BTCUSDT', instrument]]));
  return store.getInstruments(redis, bucket);
});

const readOutbox = command(
  'readOutbox',
  fc.tuple(anyBucket, fc.integer({ min: 1, max: 5 })),
  async ([bucket, count], redis) => {
    const first = await store.readOutbox(redis, bucket, '0', count);
    const { count: size, bytes } = await store.outboxSize(redis, bucket);
    return [first, await store.readOutbox(redis, bucket, first.at(-1)?.id ?? '0', count), size, bytes > 0];
  },
);

const trimOutbox = command(
  'trimOutbox',
  fc.tuple(anyBucket, fc.integer({ min: 1, max: 5 })),
  async ([bucket, count], redis) => {
    const last = (await store.readOutbox(redis, bucket, '0', count)).at(-1);
    return last === undefined ? 'nothing' : store.trimOutbox(redis, bucket, last.id);
  },
);

const dropDecisions = command(
  'dropDecisions',
  fc.tuple(anyBucket, fc.nat({ max: 9 })),
  async ([bucket, count], redis) => {
    const nonce = await store.outboxNonce(redis, bucket);
    const isKept = nonce === (await store.outboxNonce(redis, bucket));
    return [await store.dropDecisions(redis, bucket, count), isKept, nonce.length];
  },
);

const cacheStats = command('cacheStats', fc.constant(undefined), (_none, redis) => store.cacheStats(redis));

/** Commands that are about no single account: budgets, processes, prices and the outbox. */
export const fleetCommands: readonly fc.WeightedArbitrary<StoreCommand>[] = [
  { weight: 5, arbitrary: takeBudget },
  { weight: 2, arbitrary: correctBudget },
  ...[
    blockBudget,
    countFromNow,
    beat,
    processes,
    letters,
    accounts,
    prices,
    instruments,
    readOutbox,
    trimOutbox,
    dropDecisions,
    cacheStats,
  ].map((arbitrary) => ({ weight: 1, arbitrary })),
];
