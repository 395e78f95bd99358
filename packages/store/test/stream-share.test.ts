import { seedOfTitle } from '@backstop/core/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamShare } from '../src/index.ts';

const ACCOUNTS = Array.from({ length: 40 }, (_, index) => `account-${index}`);
const anyName = fc.string({ minLength: 1, maxLength: 5 });
const anyOwners = fc.uniqueArray(anyName, { minLength: 1, maxLength: 6 });
const anyAccounts = fc.uniqueArray(anyName, { maxLength: 40 });

/** account -> who has it. */
function holders(owners: readonly string[], accounts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    accounts.map((account) => [
      account,
      owners.filter((owner) => streamShare(owner, owners, accounts).includes(account)),
    ]),
  );
}

test('each account has one owner among those that live, in whatever order these are named', () => {
  fc.assert(
    fc.property(anyOwners, anyAccounts, (owners, accounts) => {
      const held = holders(owners, accounts);
      expect([...held.values()].every(({ length }) => length === 1)).toBe(true);
      expect(holders(owners.toReversed(), accounts)).toEqual(held);
    }),
    { seed: seedOfTitle() },
  );
});

test('who joins takes only what is its own from then on, and who leaves gives back only that: nothing else moves', () => {
  fc.assert(
    fc.property(anyOwners, anyName, anyAccounts, (present, joining, accounts) => {
      fc.pre(!present.includes(joining));
      const before = holders(present, accounts);
      const after = holders([...present, joining], accounts);
      const moved = accounts.filter((account) => before.get(account)?.[0] !== after.get(account)?.[0]);
      expect(moved).toEqual(streamShare(joining, [...present, joining], accounts));
    }),
    { seed: seedOfTitle() },
  );
});

test('the accounts spread over the processes', () => {
  const owners = ['stream-1', 'stream-2', 'stream-3', 'stream-4'];
  const sizes = owners.map((owner) => streamShare(owner, owners, ACCOUNTS).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(ACCOUNTS.length);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(18);
});

test('a process that does not live itself has no share', () => {
  expect(streamShare('stopped', ['stream-1'], ACCOUNTS)).toEqual([]);
});
