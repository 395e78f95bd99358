import { roundTo, times } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { inMatch } from '../matching/in-match.ts';
import type { Account, Execution, Instrument, Position } from '../model.ts';
import { nextSeq } from '../matching/next-seq.ts';
import { touch } from './positions.ts';
import { recordExecution } from './transactions.ts';
import { updateTimeMs } from '../update-time.ts';
import { emit, newExecId, newId, nextNumber, requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

const MINUTE_MS = 60_000;
const FUNDING_PLACES = 8;

/** Sets the share of their value that longs pay shorts at the next settlements; negative rates go the other way. */
export function setFundingRate(venue: Venue, symbol: string, rate: Decimal): void {
  requireInstrument(venue, symbol).fundingRate = rate;
  emit(venue, { type: 'price', symbol });
}

/** The next settlement after a moment: a multiple of the symbol's interval since midnight UTC. */
export function nextFundingMs({ fundingInterval }: Instrument, afterMs: number): number {
  const intervalMs = fundingInterval * MINUTE_MS;
  return (Math.floor(afterMs / intervalMs) + 1) * intervalMs;
}

/** The settlements that open positions wait for, by symbol; symbols without a position wait for none. */
export function dueFundings(venue: Venue): readonly { symbol: string; atMs: number }[] {
  return [...venue.openPositions].flatMap(([symbol, positions]) => {
    if (positions.size === 0) return [];
    const instrument = requireInstrument(venue, symbol);
    return [{ symbol, atMs: nextFundingMs(instrument, instrument.fundedUntilMs) }];
  });
}

/** Settles funding for every position on a symbol at the mark price (reference C.8, E.3). */
export function settleFunding(venue: Venue, symbol: string): void {
  const instrument = requireInstrument(venue, symbol);
  for (const position of venue.openPositions.get(symbol) ?? []) {
    const account = requireAccount(venue, position.account);
    inMatch(venue, instrument, () => pay(venue, account, instrument, position));
  }
}

function pay(venue: Venue, account: Account, instrument: Instrument, position: Position): void {
  const feeRate = position.side === 'Buy' ? instrument.fundingRate : -instrument.fundingRate;
  const execValue = times(position.size, instrument.mark);
  const execFee = roundTo(times(execValue, feeRate), FUNDING_PLACES);
  const seq = venue.matchSeq ?? nextSeq(instrument);
  account.walletBalance -= execFee;
  account.cumRealisedPnl -= execFee;
  position.curRealisedPnl -= execFee;
  position.cumRealisedPnl -= execFee;
  position.seq = seq;
  position.updatedAtMs = updateTimeMs(venue);
  const execution = fundingExecution(venue, instrument, position, { feeRate, execValue, execFee, seq });
  account.executions.push(execution);
  recordExecution(venue, account, execution, position);
  emit(venue, { type: 'execution', account: account.name, execution });
  touch(venue, position);
  venue.pending.wallets.add(account);
}

function fundingExecution(
  venue: Venue,
  instrument: Instrument,
  position: Position,
  paid: Pick<Execution, 'feeRate' | 'execValue' | 'execFee' | 'seq'>,
): Execution {
  return {
    ...paid,
    execId: newExecId(venue),
    number: nextNumber(venue),
    account: position.account,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    orderId: newId(venue),
    orderLinkId: '',
    side: position.side === 'Sell' ? 'Sell' : 'Buy',
    orderPrice: 0n,
    orderQty: 0n,
    leavesQty: 0n,
    createType: '',
    orderType: 'UNKNOWN',
    stopOrderType: '',
    execType: 'Funding',
    execPrice: instrument.mark,
    execQty: position.size,
    extraFee: 0n,
    extraFeeRate: 0n,
    execPnl: 0n,
    isMaker: false,
    markPrice: instrument.mark,
    indexPrice: instrument.index,
    closedSize: 0n,
    atMs: venue.nowMs(),
  };
}
