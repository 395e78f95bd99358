import type { Decimal } from '../decimal.ts';
import { sourcePrice } from '../matching/source-price.ts';
import type { Instrument, Order, Position } from '../model.ts';
import { averagePrice } from '../money/positions.ts';
import type { Epoch } from './truth.ts';
import { requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** How long a stop that has triggered still counts as protection. */
const TRIGGERED_GRACE_MS = 1_000;

/** The key of a position over all accounts, for epochs and declared stops. */
export function epochKey({
  account,
  symbol,
  positionIdx,
}: Pick<Position, 'account' | 'symbol' | 'positionIdx'>): string {
  return `${account}:${symbol}:${positionIdx}`;
}

export function openEpoch(venue: Venue, position: Position): void {
  if (position.side === '') return;
  const nowMs = venue.nowMs();
  const epoch: Epoch = {
    account: position.account,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    side: position.side,
    openedAtMs: nowMs,
    size: position.size,
    avgPrice: averagePrice(position),
    stopLoss: 0n,
    closedAtMs: undefined,
    closeReason: undefined,
    unprotectedMs: 0,
    throughMs: 0,
    misplacedMs: 0,
    entryFills: 0,
    reduceFills: 0,
    through: false,
    misplaced: false,
    sinceMs: nowMs,
    protectedUntilMs: 0,
  };
  venue.truth.epochs.push(epoch);
  venue.openPositions.get(position.symbol)?.add(position);
  venue.truth.openEpochs.set(epochKey(position), epoch);
}

/** Ends the position's epoch; what was declared for it goes with it. */
export function closeEpoch(venue: Venue, position: Position, closeReason: string): void {
  const key = epochKey(position);
  const epoch = venue.truth.openEpochs.get(key);
  venue.openPositions.get(position.symbol)?.delete(position);
  if (epoch === undefined) return;
  accrue(epoch, venue.nowMs());
  epoch.closedAtMs = venue.nowMs();
  epoch.closeReason = closeReason;
  venue.truth.openEpochs.delete(key);
  venue.truth.desiredStops.delete(key);
}

/** Adds the time since the last change to what held during it. */
export function accrue(epoch: Epoch, nowMs: number): void {
  const { sinceMs, protectedUntilMs } = epoch;
  epoch.unprotectedMs += Math.max(0, nowMs - Math.max(sinceMs, protectedUntilMs));
  const coveredMs = Math.max(0, Math.min(nowMs, protectedUntilMs) - sinceMs);
  if (epoch.through) epoch.throughMs += coveredMs;
  if (epoch.misplaced) epoch.misplacedMs += coveredMs;
  epoch.sinceMs = nowMs;
}

/** Judges the position anew after something that concerns it has changed. */
export function judgeProtection(venue: Venue, position: Position): void {
  const epoch = venue.truth.openEpochs.get(epochKey(position));
  if (epoch === undefined || position.side === '') return;
  accrue(epoch, venue.nowMs());
  const instrument = requireInstrument(venue, position.symbol);
  const stops = protectiveStops(position);
  epoch.size = position.size;
  epoch.avgPrice = averagePrice(position);
  epoch.stopLoss = position.stopLoss?.triggerPrice ?? 0n;
  epoch.protectedUntilMs = protectedUntil(stops, position.size);
  epoch.through = stops.some((stop) => isThrough(stop, instrument));
  epoch.misplaced = isMisplaced(epoch, stops, venue.truth.desiredStops.get(epochKey(position)), instrument);
}

function protectiveStops(position: Position): readonly Order[] {
  const stops: Order[] = [];
  for (const order of position.orders) {
    const isStop = order.status === 'Untriggered' || order.status === 'Triggered';
    const closes = (order.reduceOnly || order.closeOnTrigger) && order.side !== position.side;
    if (isStop && closes && order.triggerDirection === (order.side === 'Sell' ? 2 : 1)) stops.push(order);
  }
  return stops;
}

function protectedUntil(stops: readonly Order[], size: Decimal): number {
  const untriggered = stops.filter(({ status }) => status === 'Untriggered');
  if (covers(untriggered, size)) return Number.POSITIVE_INFINITY;
  if (!covers(stops, size)) return 0;
  const triggered = stops.flatMap(({ triggeredAtMs }) => (triggeredAtMs === undefined ? [] : [triggeredAtMs]));
  return Math.min(...triggered) + TRIGGERED_GRACE_MS;
}

function covers(stops: readonly Order[], size: Decimal): boolean {
  return stops.reduce((sum, { qty }) => sum + qty, 0n) >= size;
}

function isThrough(stop: Order, instrument: Instrument): boolean {
  const price = sourcePrice(instrument, stop.triggerBy);
  return stop.triggerDirection === 2 ? price <= stop.triggerPrice : price >= stop.triggerPrice;
}

function isMisplaced(
  epoch: Epoch,
  stops: readonly Order[],
  desired: Decimal | undefined,
  instrument: Instrument,
): boolean {
  if (desired === undefined || stops.length === 0) return false;
  const levels = stops.map(({ triggerPrice }) => triggerPrice);
  const isLooser = (level: Decimal): boolean =>
    epoch.side === 'Buy' ? level < desired - instrument.tickSize : level > desired + instrument.tickSize;
  return levels.every(isLooser);
}
