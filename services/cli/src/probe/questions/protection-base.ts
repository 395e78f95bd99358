import { ONE } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import { protectionPrice, shareFrom } from '../protection-price.ts';
import type { Question } from '../question.ts';

/** Bands are whole or half percents. */
const STEP: Decimal = ONE / 200n;
const LEAST_DISTANCE: Decimal = ONE / 2_000n;

/** Reference C.12: told by the base from which the band is a round one. */
export const protectionBase: Question = {
  question: 'base of the protection price',
  option: 'protectionBase',
  assumed: 'mark',
  ask: async (rig) => {
    const { price, mark, last, observed } = await protectionPrice(rig);
    if (shareFrom(mark, last) < LEAST_DISTANCE) return { observed: `${observed}: too close to tell`, value: undefined };
    const isFromMark = offStep(shareFrom(price, mark)) <= offStep(shareFrom(price, last));
    return { observed, value: isFromMark ? 'mark' : 'last' };
  },
};

/** How far a share is from the next half percent. */
function offStep(share: Decimal): Decimal {
  const rest = share % STEP;
  return rest < STEP - rest ? rest : STEP - rest;
}
