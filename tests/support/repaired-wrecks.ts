import { decimal, type OrderRow } from '@backstop/core';
import { cancel, entryFills, firstTakeProfitFills, placeTakeProfit, resize, stoodForAWhile } from './hands.ts';
import { protect } from './protect.ts';
import { byHand, diesBeforeDeciding, done, happens, orderOf, rewriteState } from './site.ts';
import { legOf } from './truth.ts';
import { WHOLE, type TitledWreck } from './wreck.ts';

const AFTER_TP1 = { legs: ['t2', 't3', 't4'], stop: '100.12' } as const;
const RESIZED = "the position's size changed";

/** An order page of just before: the exchange had not yet cut what is more than the position now. */
function beforeTheClose(row: OrderRow): OrderRow {
  if (legOf(row.orderLinkId) !== 't1') return row;
  return { ...row, qty: decimal('85'), leavesQty: decimal('85') };
}

/** States that Backstop puts right by itself. */
export const REPAIRED_WRECKS: readonly TitledWreck[] = [
  [
    'F-02 take-profits for half of the position after a scale-in',
    {
      breaks: async (site) => {
        await entryFills(site);
        await diesBeforeDeciding(site);
      },
      names: ['TakeProfitsTooSmall'],
      planned: ['t1', 't2', 't3', 't4'].map((leg) => `amend ${leg}: ${RESIZED}`),
      ends: { legs: ['t1', 't2', 't3', 't4'], stop: '90' },
    },
  ],
  [
    'F-03 a take-profit for more than the position, as it was listed before a part was closed by hand',
    {
      breaks: async (site) => {
        await happens(site, 'manual-close', { qty: '40' });
        await diesBeforeDeciding(site);
      },
      bends: ({ positions, orders }) => ({ positions, orders: orders.map(beforeTheClose) }),
      names: ['TakeProfitsTooLarge'],
      planned: [`amend t1: ${RESIZED}`],
      ends: WHOLE,
    },
  ],
  [
    'F-06 a part closed by hand whose execution nobody has seen',
    {
      breaks: (site) => happens(site, 'manual-close', { qty: '40' }),
      names: ['SizeUnexplained'],
      planned: [],
      ends: WHOLE,
    },
  ],
  [
    'F-28 the right sum on the wrong legs',
    {
      breaks: async (site) => {
        await resize(site, 't1', '5');
        await resize(site, 't2', '85');
      },
      names: ['TakeProfitsDiffer'],
      planned: [`amend t2: ${RESIZED}`],
      ends: WHOLE,
    },
  ],
  [
    'F-13 no stop at all',
    {
      breaks: (site) => happens(site, 'manual-cancel-stop'),
      names: ['StopMissing'],
      planned: ['set-stop stop: no stop'],
      ends: WHOLE,
    },
  ],
  [
    'S-04 a stop that is looser than planned, by another trigger',
    {
      breaks: async (site) => {
        const { symbol, positionIdx } = site.ref;
        await rewriteState(site, 'tp-sl', stoodForAWhile);
        const level = { triggerPrice: decimal('80'), triggerBy: 'MarkPrice' } as const;
        await done(site.exchange.setStop({ symbol, positionIdx, ...level }, byHand()));
      },
      names: ['StopMisplaced', 'StopMisplaced'],
      planned: ['set-stop stop: the stop differs from what is wanted'],
      ends: WHOLE,
    },
  ],
  [
    'F-01 the first take-profit filled, and nothing came of it',
    {
      breaks: async (site) => {
        await firstTakeProfitFills(site);
        await diesBeforeDeciding(site);
      },
      names: ['BreakevenMissing', 'EntryStillActive', 'FillNotRecorded'],
      planned: ['set-stop stop: the stop differs from what is wanted', 'cancel e1: t1 is filled'],
      ends: AFTER_TP1,
    },
  ],
  [
    'F-11 the first take-profit filled while everything was down',
    {
      breaks: firstTakeProfitFills,
      names: ['SizeUnexplained'],
      planned: [],
      ends: AFTER_TP1,
    },
  ],
  [
    'F-18 breakeven flagged and never executed',
    {
      breaks: async (site) => {
        await firstTakeProfitFills(site);
        await cancel(site, 'e1');
        await diesBeforeDeciding(site);
        const flags = { breakeven: decimal('100.12'), breakevenBasis: decimal('100') };
        const { executed } = await site.seat.facts(site.seat.claim(site.ref)).then(({ snapshot }) => snapshot);
        await rewriteState(site, 'tp-sl', () => ({
          stage: 'scaled-out' as const,
          filledTakeProfits: ['t1'] as const,
          seen: Object.fromEntries(executed),
          ...flags,
        }));
      },
      names: ['BreakevenMissing'],
      planned: ['set-stop stop: the stop differs from what is wanted'],
      ends: AFTER_TP1,
    },
  ],
  [
    'F-18 a step of the stop that was never taken',
    {
      plan: { stopLoss: { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'keep' } } },
      breaks: async (site) => {
        await firstTakeProfitFills(site);
        await site.rig.forget(site.ref);
        await protect(site.rig, [site.seat], site.ref, AFTER_TP1);
        await site.rig.venue.price(site.ref.symbol, '115');
        await site.rig.venue.price(site.ref.symbol, '113');
        await site.rig.seePrices();
        await diesBeforeDeciding(site);
      },
      names: ['FillNotRecorded', 'StopMisplaced'],
      planned: ['set-stop stop: the stop differs from what is wanted'],
      ends: { legs: ['t3', 't4'], stop: '110' },
    },
  ],
  [
    'F-26 an entry that was given up and works',
    {
      breaks: (site) => rewriteState(site, 'limit-order', () => ({ ended: { e1: 'expired' } })),
      names: ['EntryStillActive'],
      planned: ['cancel e1: expired'],
      cancelsOpener: true,
      ends: { legs: ['t1', 't2', 't3', 't4'], stop: '90' },
    },
  ],
  [
    'S-02 an entry that carries another stop than the one in force',
    {
      breaks: async (site) => {
        const { symbol, orderId } = await orderOf(site, 'e1');
        await done(site.exchange.amendOrders([{ symbol, orderId, stopLoss: decimal('85') }], byHand()));
      },
      names: ['EntryDiffers'],
      planned: ['amend e1: its attached stop differs from the stop in force'],
      ends: WHOLE,
    },
  ],
  [
    'F-20 two orders for one leg',
    {
      breaks: async (site) => {
        await resize(site, 't1', '80');
        await placeTakeProfit(site, 't2', {});
      },
      names: ['LegDuplicate', 'TakeProfitsDiffer'],
      planned: [`amend t1: ${RESIZED}`, 'cancel t2: a second order of its leg'],
      ends: WHOLE,
    },
  ],
  [
    'F-21 a take-profit that could open a position',
    {
      breaks: async (site) => {
        await cancel(site, 't1');
        await placeTakeProfit(site, 't1', { qty: decimal('85'), price: decimal('110'), reduceOnly: false });
      },
      names: ['NotReduceOnly'],
      planned: ['cancel t1: it could open a position'],
      cancelsOpener: true,
      ends: WHOLE,
    },
  ],
  [
    'F-18 a fill in the state that nobody executed',
    {
      breaks: (site) => rewriteState(site, 'tp-sl', () => ({ filledTakeProfits: ['t4'] as const })),
      names: ['FillWithoutExecution'],
      planned: [],
      ends: WHOLE,
    },
  ],
  [
    'F-12 the whole position closed by hand while everything was down',
    {
      breaks: async (site) => {
        await happens(site, 'manual-close');
        await diesBeforeDeciding(site);
      },
      names: ['EntryStillActive'],
      planned: ['cancel e1: flat'],
      ends: 'closed',
    },
  ],
  [
    'F-31 a monitor of nothing',
    {
      plan: { marketEntryDeadlineMs: 1, entriesExpireAtMs: 1 },
      starts: 'new',
      breaks: () => Promise.resolve(),
      names: ['GhostMonitor'],
      planned: [],
      ends: 'closed',
    },
  ],
];
