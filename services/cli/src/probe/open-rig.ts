import { ceilTo, decimal, divide, max, multiply } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import { RunError } from '../up/run-error.ts';
import { cleanUp } from './clean-up.ts';
import { listen } from './listen.ts';
import type { ProbeOptions } from './probe-options.ts';
import { readPrices, rigOn } from './rig.ts';
import type { Contract, Rig } from './rig.ts';
import { openWire } from './wire.ts';
import type { Row, Wire } from './wire.ts';

/** Orders of a probe are worth so much more than the least that the exchange takes, so that prices may move a little. */
const ABOVE_LEAST = decimal('1.3');

/** A rig whose requests end with `signal`, and a way to take back what it did, which does not. */
export interface OpenRig {
  readonly rig: Rig;
  readonly cleanUp: () => Promise<void>;
}

/** Looks at the symbol. Throws a RunError unless the key works and the symbol has neither a position nor an order. */
export async function openRig(options: ProbeOptions, signal: AbortSignal): Promise<OpenRig> {
  const { symbol, url } = options;
  const wire = openWire(options, signal);
  const on = { category: 'linear', symbol };
  const positions = await wire.get('position/list', on);
  if (positions.retCode !== 0) throw new RunError(`the exchange refused: ${positions.retCode} ${positions.retMsg}`);
  const orders = await wire.get('order/realtime', on);
  if (orders.list.length > 0 || positions.list.some(({ size }) => Number(size) > 0)) {
    throw new RunError(`${symbol} has a position or orders already; probes need a symbol to themselves: --symbol`);
  }
  const filters = await readFilters(wire, symbol);
  const { last } = await readPrices(wire, symbol);
  const least = ceilTo(divide(multiply(filters.minNotional, ABOVE_LEAST), last), filters.qtyStep);
  const positionIdx = positions.list.length > 1 ? 1 : 0;
  const contract: Contract = { symbol, url, positionIdx, ...filters, qty: max(filters.minOrderQty, least) };
  const own = new Set<string>();
  const calm = openWire(options);
  return {
    rig: rigOn(wire, contract, own, () => listen(options, signal)),
    cleanUp: () =>
      cleanUp(
        rigOn(calm, contract, own, () => listen(options)),
        calm,
        own,
      ),
  };
}

async function readFilters(
  wire: Wire,
  symbol: string,
): Promise<Pick<Contract, 'tickSize' | 'qtyStep' | 'minOrderQty' | 'minNotional'>> {
  const [instrument] = (await wire.get('market/instruments-info', { category: 'linear', symbol })).list;
  if (instrument === undefined) throw new RunError(`${symbol} is not listed`);
  return {
    tickSize: filterOf(instrument, 'priceFilter', 'tickSize'),
    qtyStep: filterOf(instrument, 'lotSizeFilter', 'qtyStep'),
    minOrderQty: filterOf(instrument, 'lotSizeFilter', 'minOrderQty'),
    minNotional: filterOf(instrument, 'lotSizeFilter', 'minNotionalValue'),
  };
}

function filterOf(instrument: Row, group: string, name: string): Decimal {
  const filter = instrument[group];
  const text: unknown = typeof filter === 'object' && filter !== null ? Reflect.get(filter, name) : undefined;
  if (typeof text !== 'string' || text === '') throw new RunError(`the instrument has no ${group}.${name}`);
  return decimal(text);
}
