import type { OrderRow } from '@backstop/core';
import {
  anEntryRow,
  anOrder,
  aPosition,
  aStopRow,
  aTakeProfitRow,
  INSTALLATION,
  ownLinkId,
} from '@backstop/core/testing';
import { PROTECTED, qty, type World } from './seed.ts';

const { position, stop, ladder, entry } = PROTECTED;
const [, t2, t3, t4] = ladder;
const held = { size: qty(200) };

/** A position of 15 that is left at 100 when the first take-profit has filled. */
export const AFTER_TP1 = { size: qty(15), averagePrice: qty(100) };

/** What the exchange lists: the protected position, with what is said otherwise, and these orders. */
export function listed(orders: readonly OrderRow[], change: Partial<typeof position> = {}): World {
  return { listed: { positions: [{ ...position, ...change }], orders } };
}

/** Realistic broken states, each with the names that doctor has for it, sorted. */
export const BROKEN_WORLDS: readonly (readonly [title: string, world: World, names: readonly string[]])[] = [
  [
    'F-02 take-profits for half of the position',
    { executed: { e0: '100', e1: '100' }, ...listed([aStopRow({ qty: qty(200) }), ...ladder], held) },
    ['TakeProfitsTooSmall'],
  ],
  [
    'F-03 take-profits for more than the position',
    listed([stop, aTakeProfitRow('t1', '105', '110'), t2, t3, t4, entry]),
    ['TakeProfitsTooLarge'],
  ],
  [
    'F-28 the right sum on the wrong legs',
    listed([stop, aTakeProfitRow('t1', '5', '110'), aTakeProfitRow('t2', '85', '115'), t3, t4, entry]),
    ['TakeProfitsDiffer'],
  ],
  ['F-13 no stop at all', listed([...ladder, entry], { stopLoss: undefined }), ['StopMissing']],
  ['F-15 a stop on the position row without an order', listed([...ladder, entry]), ['StopMissing']],
  ['F-16 a stop for 2546 of 100', listed([aStopRow({ qty: qty(2_546) }), ...ladder, entry]), ['StopTooLarge']],
  ['F-16 a stop for a part', listed([aStopRow({ qty: qty(40) }), ...ladder, entry]), ['StopTooSmall']],
  ['F-19 a stop that points the wrong way', listed([aStopRow({ side: 'Buy' }), ...ladder, entry]), ['StopMisplaced']],
  [
    'S-04 a stop that is looser than planned, by another trigger',
    listed([aStopRow({ triggerPrice: qty(80), triggerBy: 'MarkPrice' }), ...ladder, entry], { stopLoss: qty(80) }),
    ['StopMisplaced', 'StopMisplaced'],
  ],
  ['F-20 two stops', listed([stop, aStopRow({ orderId: 'second' }), ...ladder, entry]), ['StopDuplicate']],
  [
    'S-12 a stop behind the liquidation price',
    listed([stop, ...ladder, entry], { liqPrice: qty(92) }),
    ['StopBeyondLiquidation'],
  ],
  [
    'F-01 the first take-profit filled and nothing came of it',
    {
      price: '105',
      executed: { e0: '100', t1: '85' },
      ...listed([aStopRow({ qty: qty(15) }), t2, t3, t4, entry], AFTER_TP1),
    },
    ['BreakevenMissing', 'EntryStillActive', 'FillNotRecorded'],
  ],
  [
    'F-18 breakeven flagged and never executed',
    {
      price: '105',
      executed: { e0: '100', t1: '85' },
      tpSl: { stage: 'scaled-out', filledTakeProfits: ['t1'], breakeven: qty(100.2), breakevenBasis: qty(100) },
      ...listed([aStopRow({ qty: qty(15) }), t2, t3, t4], AFTER_TP1),
    },
    ['BreakevenMissing'],
  ],
  ['F-26 an entry that was given up and works', { limitOrder: { ended: { e1: 'expired' } } }, ['EntryStillActive']],
  [
    'S-02 an entry that carries another stop than the one in force',
    listed([stop, ...ladder, anEntryRow('e1', '100', '95', { stopLoss: qty(85) })]),
    ['EntryDiffers'],
  ],
  [
    'F-20 two orders for one leg',
    listed([
      stop,
      ...ladder,
      aTakeProfitRow('t2', '5', '115', { orderId: 'again', orderLinkId: ownLinkId('t2', 1) }),
      entry,
    ]),
    ['LegDuplicate', 'TakeProfitsTooLarge'],
  ],
  [
    'F-21 a take-profit that could open a position',
    listed([stop, aTakeProfitRow('t1', '85', '110', { reduceOnly: false }), t2, t3, t4, entry]),
    ['NotReduceOnly'],
  ],
  [
    'F-06 a part closed by hand',
    listed([aStopRow({ qty: qty(60) }), ...ladder, entry], { size: qty(60) }),
    ['SizeUnexplained', 'TakeProfitsTooLarge'],
  ],
  ['F-18 a fill in the state that nobody executed', { tpSl: { filledTakeProfits: ['t4'] } }, ['FillWithoutExecution']],
  [
    'F-31 a monitor of nothing',
    {
      executed: {},
      tpSl: { stage: 'waiting' },
      limitOrder: { ended: { e0: 'past its deadline', e1: 'expired' } },
      listed: { positions: [], orders: [] },
    },
    ['GhostMonitor'],
  ],
  ['S-23 a position that was turned round', listed([], { side: 'Sell', stopLoss: undefined }), ['PositionTurned']],
  [
    'S-24 an order of a plan that is not there',
    {
      listed: {
        positions: [position],
        orders: [
          stop,
          ...ladder,
          entry,
          anOrder({ orderLinkId: `bs-${INSTALLATION}zzzzzzzzzzzz-e1-0-0`, side: 'Buy' }),
        ],
      },
    },
    ['OrphanOrder'],
  ],
  [
    'S-24 an order of somebody else',
    {
      listed: {
        positions: [position],
        orders: [stop, ...ladder, entry, anOrder({ orderLinkId: 'by-hand', side: 'Buy' })],
      },
    },
    ['ForeignOrder'],
  ],
  [
    'F-31 a position that no monitor attends',
    {
      listed: {
        positions: [position, aPosition({ symbol: 'ETHUSDT', stopLoss: undefined })],
        orders: [stop, ...ladder, entry],
      },
    },
    ['PositionWithoutMonitor'],
  ],
];
