import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import { anyAccount, command, type StoreCommand } from './store-command.ts';

const anyOwner = fc.constantFrom('p1', 'p1', 'p2');
const anySession = fc.constantFrom('', 's1', 's2');

const streamBeat = command('streamBeat', anyOwner, (owner, redis) => store.streamBeat(redis, owner));

const endStreamBeat = command('endStreamBeat', anyOwner, (owner, redis) => store.endStreamBeat(redis, owner));

const holdStreams = command(
  'holdStreams',
  fc.tuple(anyOwner, fc.subarray(['main', 'mirror']), anySession, fc.constantFrom(undefined, 1)),
  async ([owner, accounts, session, leaseMs], redis) => {
    const claims = accounts.map((account) => ({ account, session }));
    return [...(await store.holdStreams(redis, owner, claims, leaseMs))];
  },
);

const releaseStreams = command(
  'releaseStreams',
  fc.tuple(anyOwner, fc.subarray(['main', 'mirror'])),
  ([owner, accounts], redis) => store.releaseStreams(redis, owner, accounts),
);

const session = command(
  'openSession, markSynced or endSession',
  fc.tuple(anyOwner, anyAccount, fc.constantFrom('s1', 's2'), fc.constantFrom('open', 'mark', 'end')),
  ([owner, account, id, how], redis) => {
    if (how === 'open') return store.openSession(redis, account, owner, id);
    if (how === 'mark') return store.markSynced(redis, account, owner, id);
    return store.endSession(redis, account, owner, 'closed');
  },
);

/** All that it takes for rows to be vouched for: drawn step by step it is rare. */
const synced = command('a synced stream', fc.tuple(anyOwner, anyAccount), async ([owner, account], redis) => [
  [...(await store.holdStreams(redis, owner, [{ account, session: '' }]))],
  await store.openSession(redis, account, owner, 's1'),
  await store.markSynced(redis, account, owner, 's1'),
]);

const readStreams = command('readStreams', fc.constant(['main', 'mirror']), (accounts, redis) =>
  store.readStreams(redis, accounts),
);

const takeSocket = command('takeSocket', fc.constantFrom(1, 449), async (count, redis) => {
  const answers: number[] = [];
  for (let nth = 0; nth < count; nth += 1) answers.push(await store.takeSocket(redis));
  return answers;
});

/** Commands about private streams: leases, sessions and sockets. */
export const streamCommands: readonly fc.WeightedArbitrary<StoreCommand>[] = [
  { weight: 2, arbitrary: holdStreams },
  { weight: 2, arbitrary: synced },
  ...[streamBeat, endStreamBeat, releaseStreams, session, readStreams, takeSocket].map((arbitrary) => ({
    weight: 1,
    arbitrary,
  })),
];
