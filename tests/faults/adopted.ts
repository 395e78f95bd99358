import { decimal, type Adoption } from '@backstop/core';
import type { InProcessSimulator } from '@backstop/simulator';
import { num, type TrueAccount } from './fills.ts';
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

/** Until it is read (30 s), proven (5 s) and protected, a position that somebody opened may be without a stop, ms. */
const UNPROTECTED_MS = 60_000;

/** What is not as the policy wants it in this moment. */
export function wrongAdoptions({ mode }: Adoption, { simulator }: InProcessSimulator): readonly string[] {
  return [...simulator.engine.venue.accounts.values()].flatMap((account) => {
    const own = [...account.open].filter(
      ({ symbol, orderLinkId }) => symbol === UNPLANNED.symbol && orderLinkId.startsWith('bs-'),
    );
    const position = account.positions.get(`${UNPLANNED.symbol}:0`);
    const faults = position === undefined || position.size === 0n ? worksAfterFlat(own) : standing(mode, position, own);
    return faults.map((fault) => `${account.name}, ${mode}: ${fault}`);
  });
}

type TruePosition = NonNullable<ReturnType<TrueAccount['positions']['get']>>;
type TrueOrders = readonly (TrueAccount['open'] extends Iterable<infer Order> ? Order : never)[];

function worksAfterFlat(own: TrueOrders): readonly string[] {
  return own.map(({ orderLinkId }) => `${orderLinkId} works after flat`);
}

function standing(mode: Adoption['mode'], { size, stopLoss }: TruePosition, own: TrueOrders): readonly string[] {
  if (mode === 'ignore') return stopLoss === undefined && own.length === 0 ? [] : ['it was not left alone'];

  const resting = own.reduce((total, { qty, cumExecQty }) => total + num(qty - cumExecQty), 0);
  const wanted = mode === 'manage' ? num(size) : 0;
  return [
    ...(stopLoss === undefined ? ['an adopted position has no stop'] : []),
    ...(Math.abs(resting - wanted) < 0.05 ? [] : [`take-profits for ${resting} of ${wanted}`]),
  ];
}

/** Positions that were without a stop for longer than it takes to adopt them. */
export function lateAdoptions({ mode }: Adoption, { simulator }: InProcessSimulator): readonly string[] {
  if (mode === 'ignore') return [];
  return simulator.engine.venue.truth.epochs
    .filter(({ symbol, unprotectedMs }) => symbol === UNPLANNED.symbol && unprotectedMs > UNPROTECTED_MS)
    .map(({ account, unprotectedMs }) => `${account}: a position was adopted after ${unprotectedMs} ms`);
}
