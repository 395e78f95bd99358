import { decimal, type Adoption } from '@backstop/core';
import type { Contract } from './places.ts';

/** A contract on which no plan is ever handed over: what is opened there, somebody opened by hand. */
export const UNPLANNED: Contract = {
  symbol: 'COINDUSDT',
  tickSize: '0.01',
  qtyStep: '0.1',
  price: 200,
  digits: 2,
  unit: 2,
};

const STOP_DISTANCE = decimal('0.05');

/** What may become of a position without a plan. */
export const ADOPTIONS: readonly [Adoption, ...Adoption[]] = [
  { mode: 'ignore' },
  { mode: 'protect-only', stopDistance: STOP_DISTANCE },
  {
    mode: 'manage',
    template: {
      stopDistance: STOP_DISTANCE,
      takeProfits: [
        { distance: decimal('0.01'), share: decimal('0.5') },
        { distance: decimal('0.02'), share: decimal('0.5') },
      ],
    },
  },
];
