import type { Decimal } from '../src/engine/decimal.ts';
import { isWorking } from '../src/engine/model.ts';
import type { Account } from '../src/engine/model.ts';
import type { Venue } from '../src/engine/venue.ts';

/** Everything that is wrong with the books of an exchange; nothing, as long as it is one. */
export function wrongInBooks(venue: Venue): readonly string[] {
  return [...venue.accounts.values()].flatMap((account) => [
    ...wrongPositions(account),
    ...wrongOrders(venue, account),
    ...wrongReductions(account),
  ]);
}

/** A position is the sum of its executions. */
function wrongPositions({ name, positions, executions }: Account): readonly string[] {
  return [...positions.values()].flatMap(({ symbol, positionIdx, side, size }) => {
    const executed = executions
      .filter((execution) => execution.symbol === symbol && execution.positionIdx === positionIdx)
      .filter(({ execType }) => execType !== 'Funding')
      .reduce((sum, execution) => sum + signed(execution.side, execution.execQty), 0n);
    return executed === signed(side, size) ? [] : [`${name} ${symbol} ${positionIdx}: ${size} is not ${executed}`];
  });
}

/** The lists of working orders hold those that work, and no others. */
function wrongOrders(venue: Venue, { name, orders, open }: Account): readonly string[] {
  return [...orders.values()].flatMap((order) => {
    const isListed = venue.working.get(order.symbol)?.has(order) ?? false;
    const isOpen = open.has(order) || order.status === 'Triggered';
    if (isWorking(order) === isListed && (!isListed || isOpen)) return [];
    return [`${name} ${order.orderId}: ${order.status}, listed ${isListed}, open ${isOpen}`];
  });
}

/** An order that only reduces never opened anything. */
function wrongReductions({ name, orders, executions }: Account): readonly string[] {
  return executions
    .filter(({ orderId, closedSize, execQty }) => orders.get(orderId)?.reduceOnly && closedSize !== execQty)
    .map(({ orderId }) => `${name} ${orderId}: opened although it only reduces`);
}

function signed(side: string, size: Decimal): Decimal {
  return side === 'Sell' ? -size : size;
}
