import type { PositionRow } from '@backstop/core';
import { z } from 'zod';
import { amount, exact, open, positionIdx, priceOrNone, side, timestamp } from './fields.ts';

/** One item of position/list (reference C.5). */
export const positionRow = z
  .object({
    symbol: z.string().min(1),
    positionIdx,
    side: side.or(z.literal(['', 'None'])),
    size: exact,
    avgPrice: amount,
    stopLoss: priceOrNone,
    trailingStop: priceOrNone.optional(),
    activePrice: priceOrNone.optional(),
    liqPrice: priceOrNone,
    positionStatus: open,
    seq: z.number().int().default(-1),
    createdTime: timestamp,
    openTime: z.number().int().nonnegative().optional(),
    updatedTime: timestamp,
  })
  .transform((wire): PositionRow => ({
    symbol: wire.symbol,
    positionIdx: wire.positionIdx,
    side: wire.side === 'Buy' || wire.side === 'Sell' ? wire.side : undefined,
    size: wire.size,
    averagePrice: wire.avgPrice,
    stopLoss: wire.stopLoss,
    ...(wire.trailingStop !== undefined && { trailingStop: wire.trailingStop }),
    ...(wire.activePrice !== undefined && { activePrice: wire.activePrice }),
    liqPrice: wire.liqPrice,
    status: wire.positionStatus,
    seq: wire.seq,
    createdTimeMs: wire.createdTime,
    ...(wire.openTime === undefined || wire.openTime === 0 ? {} : { openTimeMs: wire.openTime }),
    updatedTimeMs: wire.updatedTime,
  }));
