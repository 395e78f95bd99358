import {
  accountKeys,
  fleetKeys,
  holdStreams,
  readStreams,
  streamBeat,
  streamHolder,
  streamShare,
} from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ShareKeeper } from '../src/share-keeper.ts';

const ACCOUNTS = Array.from({ length: 12 }, (_, index) => `account-${index}`);

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(() => server.redis.flushdb());
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => server.stop());

/** A keeper whose streams do nothing but tell what was done to them. */
function aKeeper(owner: string, holder = owner) {
  const told: string[] = [];
  const errors: object[] = [];
  const open = new Set<string>();
  const keeper = new ShareKeeper({
    redis: server.redis,
    owner,
    holder,
    accounts: ACCOUNTS,
    open: (account) => {
      open.add(account);
      return {
        session: '',
        lapsed: () => void told.push(`${account} lapsed`),
        close: async () => void open.delete(account),
      };
    },
    gone: (account) => void told.push(`${account} gone`),
    log: { info: ignore, warn: ignore, error: (fields, message) => void errors.push({ ...fields, message }) },
  });
  return { keeper, open, told, errors };
}

test('alone it opens a stream for every account; when another one joins it hands over that share and nothing else', async () => {
  const [one, two] = [aKeeper('stream-1'), aKeeper('stream-2')];
  expect(one.keeper.reasons()).toEqual(['the leases of its accounts were not renewed']);
  await one.keeper.keep();
  expect([[...one.open], one.keeper.reasons()]).toEqual([ACCOUNTS, []]);

  await two.keeper.keep();
  const moving = streamShare('stream-2', ['stream-1', 'stream-2'], ACCOUNTS);
  expect([...two.open]).toEqual([]); // they are still the other one's
  expect(two.keeper.reasons()).toEqual([
    `${moving.length} of ${moving.length} accounts are still held by another process`,
  ]);
  await one.keeper.keep();
  await two.keeper.keep();
  expect([...two.open]).toEqual(moving);
  expect([...one.open]).toEqual(ACCOUNTS.filter((account) => !moving.includes(account)));
  expect(one.told).toEqual(moving.map((account) => `${account} gone`));
  expect([one.keeper.reasons(), two.keeper.reasons()]).toEqual([[], []]);
});

test('one that ends gives everything up at once', async () => {
  const [one, two] = [aKeeper('stream-1'), aKeeper('stream-2')];
  await one.keeper.keep();
  await one.keeper.close();
  expect(one.open.size).toBe(0);
  await two.keeper.keep();
  expect([...two.open]).toEqual(ACCOUNTS);
});

test('what another process has taken is closed, and a lease that had run out is told to its stream', async () => {
  const { keeper, open, told } = aKeeper('stream-1');
  await keeper.keep();
  const [taken = '', lapsed = ''] = ACCOUNTS;
  for (const account of [taken, lapsed]) await server.redis.hset(accountKeys(account).stream, 'until', 1);
  await holdStreams(server.redis, 'stopped', [{ account: taken, session: '' }]);
  await keeper.keep();
  expect([...open]).toEqual(ACCOUNTS.slice(1));
  expect(told).toEqual([`${taken} gone`, `${lapsed} lapsed`]);
});

test('after 4 s without a renewal it cannot know that the accounts are its own', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { keeper } = aKeeper('stream-1');
  expect(keeper.holds()).toBe(false);
  await keeper.keep();
  vi.advanceTimersByTime(3_999);
  expect(keeper.holds()).toBe(true);
  vi.advanceTimersByTime(1);
  expect(keeper.holds()).toBe(false);
  await keeper.keep();
  expect(keeper.holds()).toBe(true);
});

test('of two processes of one name the second takes nothing, tells of it once and is not ready; the first is not disturbed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const [one, two] = [aKeeper('stream-1', streamHolder('stream-1')), aKeeper('stream-1', streamHolder('stream-1'))];
  for (let second = 0; second < 7; second += 1) {
    await one.keeper.keep();
    await two.keeper.keep();
    vi.advanceTimersByTime(1_000);
  }
  expect([one.keeper.reasons(), one.told, [...one.open]]).toEqual([[], [], ACCOUNTS]);
  expect([two.keeper.reasons(), two.told, [...two.open]]).toEqual([
    ['12 of 12 accounts are still held by another process of its name, stream-1'],
    [],
    [],
  ]);
  const message = 'another stream process has the same name: give each its own BACKSTOP_PROCESS_NAME';
  expect([one.errors, two.errors]).toEqual([[], [{ owner: 'stream-1', message }]]);
  expect((await readStreams(server.redis, ['account-0']))[0]).toMatchObject({ owner: 'stream-1', live: true });

  await one.keeper.close();
  await two.keeper.keep();
  expect([two.keeper.reasons(), [...two.open]]).toEqual([[], ACCOUNTS]);
});

test('one that is started again after a crash takes its accounts when their leases have run out, without a word', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  await aKeeper('stream-1', streamHolder('stream-1')).keeper.keep(); // and then it dies
  const again = aKeeper('stream-1', streamHolder('stream-1'));
  await again.keeper.keep();
  expect(again.keeper.reasons()).toEqual(['12 of 12 accounts are still held by another process']);
  for (const account of ACCOUNTS) await server.redis.hset(accountKeys(account).stream, 'until', 1);
  vi.advanceTimersByTime(4_001);
  await again.keeper.keep();
  expect([again.keeper.reasons(), [...again.open], again.errors]).toEqual([[], ACCOUNTS, []]);
});

test('the share of a process that was not heard of for 3 s is that of the others, once its leases have run out', async () => {
  const { keeper, open } = aKeeper('stream-1');
  await streamBeat(server.redis, 'stream-2');
  const others = streamShare('stream-2', ['stream-1', 'stream-2'], ACCOUNTS);
  await holdStreams(
    server.redis,
    'stream-2',
    others.map((account) => ({ account, session: '' })),
  );
  await keeper.keep();
  expect([...open]).toEqual(ACCOUNTS.filter((account) => !others.includes(account)));

  await server.redis.zincrby(fleetKeys.streams, -3_001, 'stream-2');
  await keeper.keep();
  expect(keeper.reasons()).toEqual([`${others.length} of 12 accounts are still held by another process`]);
  for (const account of others) await server.redis.hset(accountKeys(account).stream, 'until', 1);
  await keeper.keep();
  expect([...open].toSorted()).toEqual(ACCOUNTS.toSorted());
  const streams = await readStreams(server.redis, ACCOUNTS);
  expect(new Set(streams.map(({ owner, live }) => `${owner} ${live}`))).toEqual(new Set(['stream-1 true']));
});

function ignore(): void {}
