import { expect, test } from 'vitest';
import { openReactions } from '../src/open-reactions.ts';

test('a reaction counts from the first of the fills before it, once, and per monitor', () => {
  const seen: number[] = [];
  const follow = openReactions((ms) => seen.push(ms));
  follow([fill(10_000, 'a'), fill(10_200, 'a'), fill(10_300, 'b')]);
  follow([decision(10_450, 'a'), decision(10_900, 'a'), decision(11_000, 'b'), decision(11_100, 'c')]);
  expect(seen).toEqual([450, 700]);
});

test('what is sent long after a fill that needed nothing is no reaction to it', () => {
  const seen: number[] = [];
  const follow = openReactions((ms) => seen.push(ms));
  follow([fill(10_000, 'a'), decision(80_000, 'a')]);
  follow([fill(100_000, 'a'), fill(170_000, 'a'), decision(170_020, 'a')]);
  expect(seen).toEqual([20]);
});

test('a decision that only changed a condition is no reaction', () => {
  const seen: number[] = [];
  const follow = openReactions((ms) => seen.push(ms));
  follow([fill(10_000, 'a'), { ...decision(10_100, 'a'), json: '{"monitorId":"a","sent":0}' }, decision(10_450, 'a')]);
  expect(seen).toEqual([450]);
});

function fill(timeMs: number, monitorId: string): { id: string; type: string; json: string } {
  return { id: `${timeMs + 5}-0`, type: 'execution', json: JSON.stringify({ timeMs, monitorIds: [monitorId] }) };
}

function decision(atMs: number, monitorId: string): { id: string; type: string; json: string } {
  return { id: `${atMs}-0`, type: 'decision', json: JSON.stringify({ monitorId }) };
}
