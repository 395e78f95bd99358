import { z } from 'zod';
import { show } from '../engine/decimal.ts';
import { nextFundingMs } from '../engine/money/funding.ts';
import type { Simulator } from '../simulator.ts';
import { accountOf, instrumentOf } from './named.ts';
import { anyDecimal, positive, symbolName } from './setup.ts';

/** The control paths about money; refusals of the exchange come back as 400. */
export const moneyControls: Readonly<Record<string, (simulator: Simulator, body: unknown) => unknown>> = {
  'POST funding': setFunding,
  'POST fees': setFees,
  'POST liquidate': liquidate,
  'POST adl': autoDeleverage,
  'POST settle': settle,
};

const fundingBody = z.strictObject({ symbol: symbolName, rate: anyDecimal, settle: z.boolean().default(false) });

/** The rate of the coming settlements; `settle` has one now, too. */
function setFunding({ engine }: Simulator, body: unknown): unknown {
  const { symbol, rate: fundingRate, settle: isNow } = fundingBody.parse(body);
  const instrument = instrumentOf(engine.venue, symbol);
  engine.setFundingRate(symbol, fundingRate);
  if (isNow) engine.settleFunding(symbol);
  return { symbol, rate: show(fundingRate), nextFundingMs: nextFundingMs(instrument, engine.venue.nowMs()) };
}

const feesBody = z.strictObject({
  account: z.string(),
  symbol: symbolName.optional(),
  takerFeeRate: anyDecimal,
  makerFeeRate: anyDecimal,
});

function setFees({ engine }: Simulator, body: unknown): unknown {
  const { account: name, symbol, takerFeeRate: taker, makerFeeRate: maker } = feesBody.parse(body);
  if (symbol !== undefined) instrumentOf(engine.venue, symbol);
  engine.setFeeRates(accountOf(engine.venue, name), symbol, { taker, maker });
  return { ok: true };
}

const positionIdx = z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0);
const takeoverBody = z.strictObject({
  account: z.string(),
  symbol: symbolName,
  positionIdx,
  price: positive.optional(),
});

function liquidate({ engine }: Simulator, body: unknown): unknown {
  const { account, ...request } = takeoverBody.parse(body);
  instrumentOf(engine.venue, request.symbol);
  engine.liquidate(accountOf(engine.venue, account), request);
  return { ok: true };
}

const deleverageBody = takeoverBody.extend({ qty: positive.optional() });

function autoDeleverage({ engine }: Simulator, body: unknown): unknown {
  const { account, ...request } = deleverageBody.parse(body);
  instrumentOf(engine.venue, request.symbol);
  engine.autoDeleverage(accountOf(engine.venue, account), request);
  return { ok: true };
}

const settleBody = z.strictObject({ symbol: symbolName, price: positive.optional() });

/** Delists a contract: its positions are closed at the price, or at the index price. */
function settle({ engine }: Simulator, body: unknown): unknown {
  const { symbol, price } = settleBody.parse(body);
  instrumentOf(engine.venue, symbol);
  engine.settleSymbol(symbol, price);
  return { ok: true };
}
