import { isLeg } from './is-leg.ts';
import type { Leg } from './model.ts';

/** What an orderLinkId says: `bs-<installation 3><plan 12>-<leg>-<restore epoch>-<generation base36>` (S-24). */
export interface OrderIdentity {
  readonly installation: string;
  readonly planId: string;
  readonly leg: Leg;
  readonly restoreEpoch: number;
  readonly generation: number;
}

const PATTERN = /^bs-([a-z2-7]{3})([a-z2-7]{12})-(e\d+|t\d+|x)-(\d+)-([0-9a-z]+)$/;

/** Formats the id, at most 36 characters of `[A-Za-z0-9_-]` (reference C.20). Throws RangeError for one that is too long. */
export function formatOrderLinkId(identity: OrderIdentity): string {
  const { installation, planId, leg, restoreEpoch, generation } = identity;
  const id = `bs-${installation}${planId}-${leg}-${restoreEpoch}-${generation.toString(36)}`;
  if (id.length > 36 || !PATTERN.test(id)) throw new RangeError(`not a valid order identity: ${id}`);
  return id;
}

/** Reads an id back; undefined = not one of ours in form. The caller compares installation and plan: others are foreign. */
export function parseOrderLinkId(text: string): OrderIdentity | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;

  const [, installation = '', planId = '', leg = '', restoreEpoch = '0', generation = '0'] = match;
  if (!isLeg(leg)) return undefined;

  return {
    installation,
    planId,
    leg,
    restoreEpoch: Number(restoreEpoch),
    generation: Number.parseInt(generation, 36),
  };
}
