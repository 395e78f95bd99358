import { z } from 'zod';
import { parseDecimal } from '../../engine/decimal.ts';
import { refusals } from '../../engine/refusal.ts';
import { parse, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { fields } from '../fields.ts';
import { positionRow } from '../rows/position-row.ts';

const marginModeBody = z.object({
  setMarginMode: z.enum(['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN']),
});

/** POST /v5/account/set-margin-mode (reference C.17): for the whole account. */
export function setMarginMode({ engine, account, input }: Call): Answer {
  engine.setMarginMode(account, parse(marginModeBody, input).setMarginMode);
  return { result: { reasons: [] } };
}

const signedAmount = z.string().transform((text, context) => {
  const value = parseDecimal(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'is not a decimal number' });
  return z.NEVER;
});

const addMarginBody = z.object({
  category: z.string(),
  symbol: z.string(),
  margin: signedAmount,
  positionIdx: fields.positionIdx,
});

const ADDED_MARGIN_FIELDS = [
  'symbol',
  'positionIdx',
  'riskId',
  'riskLimitValue',
  'size',
  'avgPrice',
  'liqPrice',
  'bustPrice',
  'markPrice',
  'positionValue',
  'leverage',
  'autoAddMargin',
  'positionStatus',
  'positionIM',
  'positionMM',
  'takeProfit',
  'stopLoss',
  'trailingStop',
  'unrealisedPnl',
  'cumRealisedPnl',
  'createdTime',
  'updatedTime',
];

/** POST /v5/position/add-margin: adds to an isolated position, or takes away when negative. */
export function addMargin({ engine, account, input }: Call): Answer {
  const { category, margin, ...ref } = parse(addMarginBody, input);
  requireLinear({ category });
  const position = engine.addMargin(account, ref, margin);
  const row = positionRow(engine.venue, account, position);
  const shown = Object.fromEntries(ADDED_MARGIN_FIELDS.map((name) => [name, row[name]]));
  return { result: { category, ...shown } };
}

const autoAddBody = z.object({
  category: z.string(),
  symbol: z.string(),
  autoAddMargin: z.union([z.literal(0), z.literal(1)]),
  positionIdx: fields.positionIdx,
});

/** POST /v5/position/set-auto-add-margin: a setting of isolated positions. */
export function setAutoAddMargin({ engine, account, input }: Call): Answer {
  const { category, autoAddMargin, ...ref } = parse(autoAddBody, input);
  requireLinear({ category });
  engine.setAutoAddMargin(account, ref, autoAddMargin);
  return { result: {} };
}

const demoMoneyBody = z.object({
  adjustType: z.union([z.literal(0), z.literal(1)]).default(0),
  utaDemoApplyMoney: z.array(z.object({ coin: z.string(), amountStr: fields.amount })).min(1),
});

/** POST /v5/account/demo-apply-money (reference I): USDT only, once a minute. */
export function applyDemoMoney({ engine, account, input }: Call): Answer {
  const { adjustType, utaDemoApplyMoney: amounts } = parse(demoMoneyBody, input);
  if (amounts.some(({ coin }) => coin !== 'USDT')) throw refusals.parameter('params error: coin invalid');
  const amount = amounts.reduce((sum, { amountStr }) => sum + amountStr, 0n);
  engine.applyDemoMoney(account, adjustType === 0 ? amount : -amount);
  return { result: {} };
}

const disconnectBody = z.object({
  product: z.enum(['OPTIONS', 'DERIVATIVES', 'SPOT']).default('OPTIONS'),
  timeWindow: z.number().int().min(3).max(300),
});

/** POST /v5/order/disconnected-cancel-all: kept and shown; it cancels nothing here. */
export function setDisconnectWindow({ engine, account, input }: Call): Answer {
  const { product, timeWindow } = parse(disconnectBody, input);
  if (product === 'DERIVATIVES') engine.setDisconnectWindow(account, timeWindow);
  return { result: {}, retMsg: 'success' };
}
