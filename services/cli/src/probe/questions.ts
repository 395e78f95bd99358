import type { Question } from './question.ts';
import { amendFullStop } from './questions/amend-full-stop.ts';
import { amendedReduceOnly } from './questions/amended-reduce-only.ts';
import { attachedStop } from './questions/attached-stop.ts';
import { beyondBand } from './questions/beyond-band.ts';
import { cancelledConditional } from './questions/cancelled-conditional.ts';
import { closingCapacity } from './questions/closing-capacity.ts';
import { defaultTriggerBy } from './questions/default-trigger-by.ts';
import { endedOrderCode } from './questions/ended-order-code.ts';
import { gateOrder } from './questions/gate-order.ts';
import { incompletePartialStop } from './questions/incomplete-partial-stop.ts';
import { keptTriggerSource } from './questions/kept-trigger-source.ts';
import { linkIdReuse } from './questions/link-id-reuse.ts';
import { listingLimit } from './questions/listing-limit.ts';
import { matchOrder } from './questions/match-order.ts';
import { minNotionalExemption } from './questions/min-notional-exemption.ts';
import { missingTriggerDirection } from './questions/missing-trigger-direction.ts';
import { mixedFrame } from './questions/mixed-frame.ts';
import { offGridPrice } from './questions/off-grid-price.ts';
import { offGridQty } from './questions/off-grid-qty.ts';
import { openOnlyOne } from './questions/open-only-one.ts';
import { pairSurvivor } from './questions/pair-survivor.ts';
import { partialOnRow } from './questions/partial-on-row.ts';
import { protectionBand } from './questions/protection-band.ts';
import { protectionBase } from './questions/protection-base.ts';
import { refusedConsume } from './questions/refused-consume.ts';
import { refusedStatus } from './questions/refused-status.ts';
import { sameTrailing } from './questions/same-trailing.ts';
import { subscribeBeforeAuth } from './questions/subscribe-before-auth.ts';
import { trimFirst } from './questions/trim-first.ts';
import { unchangedAmend } from './questions/unchanged-amend.ts';
import { updatedLag } from './questions/updated-lag.ts';
import { waitingTrailing } from './questions/waiting-trailing.ts';

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  attachedStop,
  closingCapacity,
  trimFirst,
  minNotionalExemption,
  offGridPrice,
  offGridQty,
  listingLimit,
  cancelledConditional,
  pairSurvivor,
  partialOnRow,
  defaultTriggerBy,
  missingTriggerDirection,
  openOnlyOne,
  linkIdReuse,
  refusedConsume,
  refusedStatus,
  protectionBand,
  protectionBase,
  subscribeBeforeAuth,
  matchOrder,
  mixedFrame,
  gateOrder,
  unchangedAmend,
  endedOrderCode,
  amendFullStop,
  sameTrailing,
  keptTriggerSource,
  amendedReduceOnly,
  beyondBand,
  incompletePartialStop,
  waitingTrailing,
  updatedLag,
];
