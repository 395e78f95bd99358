import type { Decimal } from '@backstop/core';

/**
 * What frames must show before a write is known to have come about, so that its rows need no read: the order (in any status);
 * the order with all asked values, changed after `updated` (the row's updatedTimeMs when it was asked), or ended; the order ended;
 * the stop in the position's row and in an order row of its own (S-03). `read`: no frame shows it, only a read does.
 */
export type Awaits =
  | { readonly type: 'create'; readonly orderLinkId: string }
  | {
      readonly type: 'amend';
      readonly orderId: string;
      readonly qty?: Decimal;
      readonly price?: Decimal;
      readonly stopLoss?: Decimal;
      readonly updated: number;
    }
  | { readonly type: 'cancel'; readonly orderId: string }
  | { readonly type: 'set-stop'; readonly triggerPrice: Decimal }
  | { readonly type: 'read' };

/** How long it is remembered what is awaited, ms, anew with each write, and what a frame has told. */
export const AWAITED_TTL_MS = 60_000;
export const FRAMES_TTL_MS = 60_000;
