import { expect } from 'vitest';
import { SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { account, asOther, create, LINEAR, options, post, price, repeated, resting, sim } from './provocation.ts';
import type { Provocation, Refused } from './provocation.ts';

const full = { tpslMode: 'Full', positionIdx: 0 };
const partial = { tpslMode: 'Partial', positionIdx: 0 };
const leverage = (times: string): Record<string, unknown> => ({ buyLeverage: times, sellLeverage: times });

/** What requests about positions, margin and modes are refused with (reference A.5, A.6, C.16, C.17). */
export const POSITION_ERRORS: readonly Provocation[] = [
  {
    code: 10001,
    when: 'a flat position is to get a stop',
    text: 'can not set tp/sl/ts for zero position',
    provoke: (venue) => post(venue, 'position/trading-stop', { ...full, stopLoss: '90' }),
  },
  {
    code: 34040,
    when: 'the stop is there already',
    text: 'not modified',
    provoke: async (venue) => {
      await create(venue);
      return repeated(2, () => post(venue, 'position/trading-stop', { ...full, stopLoss: '90' }));
    },
  },
  {
    code: 34040,
    when: 'nothing is to be set',
    text: 'not modified',
    provoke: async (venue) => {
      await create(venue);
      return post(venue, 'position/trading-stop', full);
    },
  },
  {
    code: 110005,
    when: 'the exchange is taking the position over',
    text: 'position status error',
    provoke: async (venue) => {
      await options(venue, { takeoverDelayMs: 60_000 });
      await create(venue);
      await sim(venue, 'liquidate', { account: 'main', symbol: SYMBOL });
      return create(venue);
    },
  },
  {
    code: 110006,
    when: 'isolated positions would hold more than there is',
    text: 'the assets are estimated to be unable to cover the position margin',
    provoke: async (venue) => {
      await account(venue, { balance: '1000', leverage: '100' });
      await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '500' });
      // The profit bears a second entry under cross margin, and nothing under isolated margin.
      await price(venue, '101');
      await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '700' });
      return asOther(venue, 'account/set-margin-mode', { setMarginMode: 'ISOLATED_MARGIN' });
    },
  },
  {
    code: 110011,
    when: 'margin is taken that nobody added',
    text: 'liquidation will be triggered immediately by this adjustment',
    provoke: (venue) => addIsolatedMargin(venue, '-1'),
  },
  {
    code: 110012,
    when: 'more margin is added than is free',
    text: 'insufficient available balance',
    provoke: (venue) => addIsolatedMargin(venue, '1000', { balance: '100' }),
  },
  {
    code: 110013,
    when: 'the leverage is above the highest of the symbol',
    text: 'cannot set leverage [10100] gt maxLeverage [10000] by risk limit',
    provoke: (venue) => post(venue, 'position/set-leverage', leverage('101')),
  },
  {
    code: 110024,
    when: 'the mode is switched with a position',
    text: 'You have an existing position, so the position mode cannot be switched',
    provoke: async (venue) => {
      await create(venue);
      return post(venue, 'position/switch-mode', { mode: 3 });
    },
  },
  {
    code: 110025,
    when: 'the mode is what it is to be',
    text: 'Position mode is not modified',
    provoke: (venue) => post(venue, 'position/switch-mode', { mode: 0 }),
  },
  {
    code: 110026,
    when: 'the margin mode is what it is to be',
    text: 'margin mode is not modified',
    provoke: (venue) => post(venue, 'account/set-margin-mode', { setMarginMode: 'REGULAR_MARGIN' }),
  },
  {
    code: 110027,
    when: 'no margin is added',
    text: 'margin is not modified',
    provoke: (venue) => addIsolatedMargin(venue, '0'),
  },
  {
    code: 110028,
    when: 'the mode is switched with an order',
    text: 'You have existing open orders, so the position mode cannot be switched',
    provoke: async (venue) => {
      await resting(venue);
      return post(venue, 'position/switch-mode', { mode: 3 });
    },
  },
  {
    code: 110029,
    when: 'the contract knows no hedge mode',
    text: 'the current symbol does not support hedge mode',
    provoke: async (venue) => {
      const instrument = { symbol: 'TESTPERP', tickSize: '0.1', qtyStep: '0.1', price: '100' };
      await sim(venue, 'instruments', { instruments: [instrument] });
      return post(venue, 'position/switch-mode', { symbol: 'TESTPERP', mode: 3 });
    },
  },
  {
    code: 110043,
    when: 'the leverage is what it is to be',
    text: 'leverage not modified',
    provoke: (venue) => post(venue, 'position/set-leverage', leverage('10')),
  },
  {
    code: 110044,
    when: 'the position would need more margin than is free',
    text: 'available margin is insufficient',
    provoke: async (venue) => {
      await account(venue, { balance: '100' });
      await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '5' });
      return asOther(venue, 'position/set-leverage', leverage('1'));
    },
  },
  {
    code: 110058,
    when: 'less than the least quantity is left to protect',
    text: 'TP/SL cannot be set as the remaining position size is too small',
    provoke: async (venue) => {
      await create(venue);
      const fault = { kind: 'instrument-change', symbol: SYMBOL, minOrderQty: '2' };
      await sim(venue, 'faults', { faults: [fault] });
      return post(venue, 'position/trading-stop', { ...partial, stopLoss: '90', slSize: '1' });
    },
  },
  {
    code: 110060,
    when: 'the stop of a whole position is amended like an order',
    text: 'under full TP/SL mode, unable to modify TP/SL',
    provoke: async (venue) => {
      await create(venue, { stopLoss: '95' });
      const { result } = (await venue.get('order/realtime', LINEAR)).body;
      return post(venue, 'order/amend', { orderId: result.list?.[0]?.['orderId'], triggerPrice: '96' });
    },
  },
  {
    code: 110061,
    when: 'there are 20 partial stops',
    text: 'under partial mode, TP/SL allows only 20 orders',
    provoke: async (venue) => {
      await create(venue, { qty: '5' });
      return repeated(21, () =>
        post(venue, 'position/trading-stop', { ...partial, stopLoss: '90', slSize: '0.1', slOrderType: 'Market' }),
      );
    },
  },
  {
    code: 110073,
    when: 'there is too little for portfolio margin',
    text: 'set margin mode failed: equity needs to be equal to or greater than 1000 USDC',
    provoke: async (venue) => {
      await account(venue, { balance: '100' });
      return asOther(venue, 'account/set-margin-mode', { setMarginMode: 'PORTFOLIO_MARGIN' });
    },
  },
  {
    code: 110086,
    when: 'the position is too large for the leverage',
    text: expect.stringMatching(/^the positions and orders allow a leverage of \d+ at most$/),
    provoke: async (venue) => {
      await account(venue, { balance: '10000000' });
      await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '20000' });
      return asOther(venue, 'position/set-leverage', leverage('100'));
    },
  },
];

/** Adds margin to a position of an account in isolated mode. */
async function addIsolatedMargin(
  venue: Exchange,
  margin: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Refused> {
  await account(venue, { marginMode: 'ISOLATED_MARGIN', ...fields });
  await asOther(venue, 'order/create', { side: 'Buy', orderType: 'Market', qty: '1' });
  return asOther(venue, 'position/add-margin', { margin, positionIdx: 0 });
}
