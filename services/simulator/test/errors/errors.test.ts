import { describe, expect, test } from 'vitest';
import { exchange } from '../exchange-client.ts';
import { CONTRACT_ERRORS } from './contract-errors.ts';
import { GATE_ERRORS } from './gate-errors.ts';
import { CODES_ABSENT, CODES_BY_FAULT, LISTED_CODES } from './listed-codes.ts';
import { ORDER_ERRORS } from './order-errors.ts';
import { POSITION_ERRORS } from './position-errors.ts';
import { create, sim } from './provocation.ts';
import { SOCKET_ERRORS } from './socket-errors.ts';

const PROVOKED = [...GATE_ERRORS, ...ORDER_ERRORS, ...CONTRACT_ERRORS, ...POSITION_ERRORS, ...SOCKET_ERRORS];

function codesOf(reasons: Readonly<Record<number, string>>): readonly number[] {
  return Object.keys(reasons).map(Number);
}

describe('the error codes', () => {
  test.each(PROVOKED.map((provocation) => [provocation.code, provocation.when, provocation] as const))(
    '%i when %s',
    async (code, _when, { provoke, text, config = {} }) => {
      await using venue = await exchange(config);
      expect(await provoke(venue)).toMatchObject({ retCode: code, retMsg: text });
    },
  );

  test('states that cannot be brought about are answered for by a fault, with the text of their code', async () => {
    await using venue = await exchange();
    for (const [code, retMsg] of Object.entries(CODES_BY_FAULT)) {
      await venue.sim('DELETE', 'faults');
      await sim(venue, 'faults', { faults: [{ kind: 'refusal', retCode: Number(code) }] });
      expect(await create(venue)).toMatchObject({ retCode: Number(code), retMsg, result: {}, retExtInfo: {} });
    }
    expect((await venue.sim('GET', 'truth')).body['orders']).toEqual([]);
  });

  test('each code that the exchange lists is provoked, left to a fault, or absent for a reason, and no other is', () => {
    const handled = [
      ...new Set(PROVOKED.map(({ code }) => code)),
      ...codesOf(CODES_BY_FAULT),
      ...codesOf(CODES_ABSENT),
    ];
    expect(handled.toSorted((a, b) => a - b)).toEqual([...LISTED_CODES].toSorted((a, b) => a - b));
  });
});
