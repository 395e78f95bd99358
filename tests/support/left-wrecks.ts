import { decimal } from '@backstop/core';
import { marketEntry } from '@backstop/core/testing';
import { LEFT_BENT_WRECKS } from './bent-wrecks.ts';
import { moveStop, stoodForAWhile, takeAway } from './hands.ts';
import { byHand, done, happens, otherProgram, rewriteState } from './site.ts';
import { SYMBOLS } from './venue.ts';
import { WHOLE, type TitledWreck } from './wreck.ts';

const LADDERED = { legs: ['t1', 't2', 't3', 't4'], stop: '90' } as const;
const ELSEWHERE = { symbol: SYMBOLS[1] ?? '' };

/** States where the right answer is to send nothing, each with what ends it. */
export const LEFT_WRECKS: readonly TitledWreck[] = [
  ...LEFT_BENT_WRECKS,
  [
    'S-24 an order of somebody else',
    {
      breaks: ({ rig, ref: { account, symbol } }) =>
        rig.venue.trade({ account, symbol, side: 'Buy', qty: '7', orderType: 'Limit', price: '80' }),
      names: ['ForeignOrder'],
      planned: [],
      clears: (site) => takeAway(site, ({ orderLinkId, stopOrderType }) => orderLinkId === '' && stopOrderType === ''),
      ends: WHOLE,
    },
  ],
  [
    'F-16 a conditional stop of another program for 2546 of 100',
    {
      breaks: async (site) => {
        const order = { side: 'Sell', orderType: 'Market', qty: '2546', orderLinkId: 'oversize', positionIdx: 0 };
        const trigger = { triggerPrice: '85', triggerDirection: 2, triggerBy: 'LastPrice', reduceOnly: true };
        await otherProgram(site, 'order/create', {
          category: 'linear',
          symbol: site.ref.symbol,
          ...order,
          ...trigger,
        });
      },
      names: ['ForeignOrder'],
      planned: [],
      clears: (site) => takeAway(site, ({ orderLinkId }) => orderLinkId === 'oversize'),
      ends: WHOLE,
    },
  ],
  [
    'S-24 an order under our letters of a plan that nobody knows',
    {
      breaks: async (site) => {
        const orderLinkId = `bs-${site.seat.installation}zzzzzzzzzzzz-e1-0-0`;
        const order = {
          symbol: site.ref.symbol,
          positionIdx: 0,
          orderLinkId,
          side: 'Buy',
          orderType: 'Limit',
        } as const;
        const flags = { timeInForce: 'GTC', reduceOnly: false, closeOnTrigger: false } as const;
        const orders = [{ ...order, ...flags, qty: decimal('7'), price: decimal('80') }];
        await done(site.exchange.createOrders(orders, byHand()));
      },
      names: ['OrphanOrder'],
      planned: [],
      clears: (site) => takeAway(site, ({ orderLinkId }) => orderLinkId.includes('zzzzzzzzzzzz')),
      ends: WHOLE,
    },
  ],
  [
    'F-31 a ghost: a position without a stop that no monitor attends, on an account that ignores such',
    {
      breaks: ({ rig, ref: { account } }) =>
        rig.venue.trade({ account, ...ELSEWHERE, side: 'Buy', qty: '30', orderType: 'Market' }),
      names: ['PositionWithoutMonitor'],
      planned: [],
      clears: (site) => happens(site, 'manual-close', ELSEWHERE),
      ends: WHOLE,
    },
  ],
  [
    'F-33 another program that moves the stop again and again',
    {
      breaks: async (site) => {
        await rewriteState(site, 'tp-sl', (state, nowMs) => ({
          ...stoodForAWhile(state, nowMs),
          reassertions: { stop: [nowMs - 9_000, nowMs - 6_000, nowMs - 3_000] },
        }));
        await moveStop(site, '85');
      },
      names: ['StopMisplaced'],
      planned: [],
      namesSeen: ['ExternalConflict', 'StopMisplaced'],
      clears: (site) => rewriteState(site, 'tp-sl', () => ({ reassertions: {} })), // as if a minute had passed
      ends: WHOLE,
    },
  ],
  [
    'S-12 a stop that the operator has moved, under a plan that respects it',
    {
      plan: { entries: [marketEntry('100')], externalChanges: { policy: 'respect' } },
      starts: LADDERED,
      breaks: async (site) => {
        await rewriteState(site, 'tp-sl', stoodForAWhile);
        await moveStop(site, '85');
      },
      names: [],
      planned: [],
      clears: async (site) => {
        await rewriteState(site, 'tp-sl', stoodForAWhile);
        await moveStop(site, '90');
      },
      ends: LADDERED,
    },
  ],
];
