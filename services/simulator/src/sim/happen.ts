import type { Decimal } from '../engine/decimal.ts';
import { isWorking, opposite } from '../engine/model.ts';
import type { Account, PositionIdx } from '../engine/model.ts';
import { plainOrder } from '../engine/orders/plain-order.ts';
import { positionOf } from '../engine/money/positions.ts';
import { Refusal, refusals } from '../engine/refusal.ts';
import { requireAccount, requireInstrument } from '../engine/venue.ts';
import type { Simulator } from '../simulator.ts';
import { isSocketFault } from './fault-spec.ts';
import type { SocketFault, WorldFault } from './fault-spec.ts';

/** Lets a fault that comes by itself happen now. What the exchange refuses to do is noted on the fault's listing. */
export function happen(simulator: Simulator, fault: WorldFault | SocketFault): void {
  try {
    carryOut(simulator, fault);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    simulator.faults.note(fault, error.message);
  }
}

function carryOut(simulator: Simulator, fault: WorldFault | SocketFault): void {
  if (isSocketFault(fault)) simulator.streams.strike(fault);
  else if (fault.kind === 'service-restart') restart(simulator, fault);
  else if (fault.kind === 'gap') jump(simulator, fault);
  else if (fault.kind === 'funding') settleNow(simulator, fault);
  else if (fault.kind === 'instrument-change') changeContract(simulator, fault);
  else if (fault.kind === 'liquidation' || fault.kind === 'adl') forceClose(simulator, fault);
  else tradeByHand(simulator, fault);
}

type Of<Kind extends WorldFault['kind']> = Extract<WorldFault, { kind: Kind }>;

/** Sockets are cut, order/realtime forgets what has ended, and for `ms` requests answer 10016 or 10019 (reference C.21). */
function restart(simulator: Simulator, { account, ms = 0 }: Of<'service-restart'>): void {
  const { venue } = simulator.engine;
  for (const { name, closedBuffer } of venue.accounts.values()) {
    if (account === undefined || account === name) closedBuffer.clear();
  }
  const whom = account === undefined ? {} : { account };
  const timing = { probability: 1, fromMs: 0 };
  if (ms > 0) simulator.faults.add([{ kind: 'restarting', ...whom, ...timing, untilMs: ms }], venue.nowMs());
  simulator.streams.strike({ kind: 'socket-cut', ...whom, ...timing });
}

/** Last, mark and index price jump without a trade in between. */
function jump({ engine }: Simulator, { symbol, price, percent = 0 }: Of<'gap'>): void {
  const { last, tickSize } = requireInstrument(engine.venue, symbol);
  const moved = price ?? (last * BigInt(Math.round((100 + percent) * 1_000_000))) / 100_000_000n;
  const onTick = moved - (moved % tickSize);
  const target = onTick > 0n ? onTick : tickSize;
  engine.movePrice(symbol, { last: target, mark: target, index: target });
}

type ByHand = Of<'manual-open' | 'manual-close' | 'manual-cancel-stop' | 'manual-move-stop'>;

/** What the owner of an account does on the exchange's own pages. */
function tradeByHand({ engine }: Simulator, fault: ByHand): void {
  const account = requireAccount(engine.venue, fault.account);
  const { symbol, positionIdx } = fault;
  if (fault.kind === 'manual-open') {
    const { side, qty, price } = fault;
    const type = price === undefined ? ({ orderType: 'Market' } as const) : ({ orderType: 'Limit', price } as const);
    engine.placeOrder(account, { ...plainOrder, symbol, side, qty, positionIdx, ...type }, 'manual');
  } else if (fault.kind === 'manual-close') closeByHand(engine, account, fault);
  else if (fault.kind === 'manual-move-stop') {
    engine.setTradingStop(account, { symbol, positionIdx, tpslMode: 'Full', stopLoss: fault.stop });
  } else cancelStops(engine, account, { symbol, positionIdx });
}

type EngineOf = Simulator['engine'];

function closeByHand(
  engine: EngineOf,
  account: Account,
  { symbol, positionIdx, qty }: { symbol: string; positionIdx: PositionIdx; qty?: Decimal | undefined },
): void {
  const { side, size } = positionOf(engine.venue, account, symbol, positionIdx);
  if (side === '') throw refusals.reduceOnly();
  const request = { ...plainOrder, symbol, side: opposite(side), qty: qty ?? size, positionIdx, reduceOnly: true };
  engine.placeOrder(account, { ...request, orderType: 'Market', timeInForce: 'IOC' }, 'manual');
}

function cancelStops(
  engine: EngineOf,
  account: Account,
  { symbol, positionIdx }: { symbol: string; positionIdx: PositionIdx },
): void {
  const stops = [...account.open].filter(
    (order) =>
      order.symbol === symbol &&
      order.positionIdx === positionIdx &&
      ['StopLoss', 'PartialStopLoss'].includes(order.stopOrderType) &&
      isWorking(order),
  );
  if (stops.length === 0) throw refusals.noOrderToCancel();
  for (const { orderId } of stops) engine.cancelOrder(account, { symbol, orderId }, 'manual');
}

/** The exchange takes over a position, or a part of it. */
function forceClose({ engine }: Simulator, fault: Of<'liquidation' | 'adl'>): void {
  const account = requireAccount(engine.venue, fault.account);
  const { symbol, positionIdx } = fault;
  if (fault.kind === 'liquidation') engine.liquidate(account, { symbol, positionIdx });
  else engine.autoDeleverage(account, { symbol, positionIdx, qty: fault.qty });
}

function settleNow({ engine }: Simulator, { symbol, rate }: Of<'funding'>): void {
  if (rate !== undefined) engine.setFundingRate(symbol, rate);
  engine.settleFunding(symbol);
}

function changeContract({ engine }: Simulator, fault: Of<'instrument-change'>): void {
  const { symbol, tickSize, qtyStep, minOrderQty, maxOrderQty, maxMktOrderQty, minNotionalValue, status } = fault;
  const filters = { tickSize, qtyStep, minOrderQty, maxOrderQty, maxMktOrderQty, minNotionalValue };
  engine.changeInstrument(symbol, { ...filters, status });
}
