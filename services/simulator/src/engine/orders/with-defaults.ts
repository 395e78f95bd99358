import { sourcePrice } from '../matching/source-price.ts';
import type { Instrument } from '../model.ts';
import type { OrderRequest } from './order-request.ts';
import type { Venue } from '../venue.ts';

/**
 * A create with what a conditional order leaves out, as the options `defaultTriggerBy` and `missingTriggerDirection` say
 * (reference L); a direction that stays 0 is refused by the checks.
 */
export function withDefaults({ options }: Venue, instrument: Instrument, request: OrderRequest): OrderRequest {
  const { triggerPrice } = request;
  if (triggerPrice === 0n) return request;
  const triggerBy = request.triggerBy || options.defaultTriggerBy;
  if (request.triggerDirection > 0 || options.missingTriggerDirection === 'refuse') return { ...request, triggerBy };
  const triggerDirection = triggerPrice >= sourcePrice(instrument, triggerBy) ? 1 : 2;
  return { ...request, triggerBy, triggerDirection };
}
