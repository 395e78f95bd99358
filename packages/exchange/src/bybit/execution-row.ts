import { type Decimal, type Execution, sum } from '@backstop/core';
import { z } from 'zod';
import { amount, exact, open, openOrNone, side, timestamp } from './fields.ts';

const extraFee = z.array(z.object({ fee: amount })).transform((fees) => sum(fees.map(({ fee }) => fee)));

/** Taxes beside the fee: a list, the JSON text of one, or "" (reference D.4, E.1). */
const extraFees = z
  .union([z.string(), extraFee])
  .default('')
  .transform((fees, context): Decimal => {
    if (typeof fees === 'bigint') return fees;
    if (fees === '') return 0n;
    const parsed = jsonFees.safeParse(fees);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'neither a list of fees nor empty' });
    return z.NEVER;
  });

const jsonFees = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(extraFee);

/** One item of execution/list (reference C.8). */
export const executionRow = z
  .object({
    execId: z.string().min(1),
    orderId: open,
    orderLinkId: open,
    symbol: z.string().min(1),
    side,
    execType: z.string(),
    stopOrderType: openOrNone,
    createType: open,
    execPrice: amount,
    execQty: exact,
    execValue: amount,
    execFee: amount,
    extraFees,
    closedSize: amount.default(0n),
    seq: z.number().int().default(-1),
    execTime: timestamp,
  })
  .transform((wire): Execution => ({
    execId: wire.execId,
    orderId: wire.orderId,
    orderLinkId: wire.orderLinkId,
    symbol: wire.symbol,
    side: wire.side,
    execType: wire.execType,
    stopOrderType: wire.stopOrderType,
    createType: wire.createType,
    price: wire.execPrice,
    qty: wire.execQty,
    value: wire.execValue,
    fee: wire.execFee + wire.extraFees,
    closedSize: wire.closedSize,
    seq: wire.seq,
    timeMs: wire.execTime,
  }));
