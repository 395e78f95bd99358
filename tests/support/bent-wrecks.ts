import { decimal, type OrderRow } from '@backstop/core';
import { stoodForAWhile } from './hands.ts';
import { look, rewriteState, type Site } from './site.ts';
import { WHOLE, type TitledWreck, type Wreck } from './wreck.ts';

const DIFFERS = 'set-stop stop: the stop differs from what is wanted';

/** What a listing may show although the exchange has it otherwise; the stop itself cannot get there in Full mode. */
const bent = { breaks: (site: Site) => rewriteState(site, 'tp-sl', stoodForAWhile), ends: WHOLE } as const;

/** Over with the next listing: rows live for 15 s at most. */
const untilListed = { ...bent, planned: [], clears: look } satisfies Partial<Wreck>;

function bendStop(change: Partial<OrderRow>): NonNullable<Wreck['bends']> {
  return ({ positions, orders }) => ({
    positions,
    orders: orders.map((row) => (row.stopOrderType === 'StopLoss' ? { ...row, ...change } : row)),
  });
}

/** A row that says something dangerous is acted on, which does no harm where the row was wrong. */
export const BENT_WRECKS: readonly TitledWreck[] = [
  [
    'F-15 a stop on the position row without an order',
    {
      ...bent,
      bends: ({ positions, orders }) => ({
        positions,
        orders: orders.filter(({ stopOrderType }) => stopOrderType !== 'StopLoss'),
      }),
      names: ['StopMissing'],
      planned: [DIFFERS],
    },
  ],
  [
    'F-19 a stop that points the wrong way',
    { ...bent, bends: bendStop({ side: 'Buy' }), names: ['StopMisplaced'], planned: [DIFFERS] },
  ],
];

/** A row that says what the exchange will right by itself, or what nobody but its owner may touch, is not acted on. */
export const LEFT_BENT_WRECKS: readonly TitledWreck[] = [
  [
    'F-16 a stop for 2546 of 100',
    { ...untilListed, bends: bendStop({ qty: decimal('2546') }), names: ['StopTooLarge'] },
  ],
  ['F-16 a stop for a part', { ...untilListed, bends: bendStop({ qty: decimal('40') }), names: ['StopTooSmall'] }],
  [
    'F-20 two stops',
    {
      ...untilListed,
      bends: ({ positions, orders }) => {
        const stops = orders.filter(({ stopOrderType }) => stopOrderType === 'StopLoss');
        return { positions, orders: [...orders, ...stops.map((stop) => ({ ...stop, orderId: 'second' }))] };
      },
      names: ['StopDuplicate'],
    },
  ],
  [
    'S-12 a stop behind the liquidation price',
    {
      ...untilListed,
      bends: ({ positions, orders }) => ({
        positions: positions.map((position) => ({ ...position, liqPrice: decimal('92') })),
        orders,
      }),
      names: ['StopBeyondLiquidation'],
    },
  ],
];
