import { floorTo } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { Instrument } from '../model.ts';
import type { Venue } from '../venue.ts';

const PRICES = [
  'price',
  'triggerPrice',
  'takeProfit',
  'stopLoss',
  'tpLimitPrice',
  'slLimitPrice',
  'trailingStop',
  'activePrice',
] as const;
const SIZES = ['qty', 'tpSize', 'slSize'] as const;

type Numbers = {
  readonly [Name in (typeof PRICES)[number] | (typeof SIZES)[number]]?: Decimal | undefined;
};

/**
 * A request with its prices on the tick and its quantities on the step, as far as the options `offGridPrice` and `offGridQty`
 * cut them; otherwise as it is. Less than one tick or step is left for the checks to refuse: zero means something else.
 */
export function onGrid<Request extends Numbers>(
  { options }: Venue,
  { tickSize, qtyStep }: Pick<Instrument, 'tickSize' | 'qtyStep'>,
  request: Request,
): Request {
  const prices = options.offGridPrice === 'truncate' ? cut(request, PRICES, tickSize) : {};
  const sizes = options.offGridQty === 'truncate' ? cut(request, SIZES, qtyStep) : {};
  return { ...request, ...prices, ...sizes };
}

function cut(request: Numbers, names: readonly (keyof Numbers)[], step: Decimal): Numbers {
  const entries = names.flatMap((name) => {
    const value = request[name] ?? 0n;
    return value === 0n ? [] : [[name, floorTo(value, step) || value] as const];
  });
  return Object.fromEntries(entries);
}
