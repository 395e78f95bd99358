import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import { anyAccount, command, type StoreCommand } from './store-command.ts';

const anyOwner = fc.constantFrom('p1', 'p1', 'p2');
const anyHolder = fc.constantFrom('p1#a', 'p1#a', 'p1#b', 'p2#c');
const anySession = fc.constantFrom('', 's1', 's2');

const streamBeat = command('streamBeat', anyOwner, (owner, redis) => store.streamBeat(redis, owner));

const endStreamBeat = command('endStreamBeat', anyOwner, (owner, redis) => store.endStreamBeat(redis, owner));

const holdStreams = command(
  'holdStreams',
  fc.tuple(anyHolder, fc.subarray(['main', 'mirror']), anySession, fc.constantFrom(undefined, 1)),
  async ([holder, accounts, session, leaseMs], redis) => {
    const claims = accounts.map((account) => ({ account, session }));
    return [...(await store.holdStreams(redis, holder, claims, leaseMs))];
  },
);

const releaseStreams = command(
  'releaseStreams',
  fc.tuple(anyHolder, fc.subarray(['main', 'mirror'])),
  ([holder, accounts], redis) => store.releaseStreams(redis, holder, accounts),
);

const session = command(
  'openSession, markSynced or endSession',
  fc.tuple(anyHolder, anyAccount, fc.constantFrom('s1', 's2'), fc.constantFrom('open', 'mark', 'end')),
  ([holder, account, id, how], redis) => {
    if (how === 'open') return store.openSession(redis, account, holder, id);
    if (how === 'mark') return store.markSynced(redis, account, holder, id);
    return store.endSession(redis, account, holder, 'closed');
  },
);

/** All that it takes for rows to be vouched for: drawn step by step it is rare. */
const synced = command('a synced stream', fc.tuple(anyHolder, anyAccount), async ([holder, account], redis) => [
  [...(await store.holdStreams(redis, holder, [{ account, session: '' }]))],
  await store.openSession(redis, account, holder, 's1'),
  await store.markSynced(redis, account, holder, 's1'),
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
