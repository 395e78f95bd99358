import { format, ONE } from '@backstop/core';
import { protectionPrice, shareFrom } from '../protection-price.ts';
import type { Question } from '../question.ts';

const THOUSAND = 1_000n;

/** Reference C.12; rounded to a tenth of a percent: the price is on a tick. */
export const protectionBand: Question = {
  question: 'protection price of market orders',
  option: 'protection',
  assumed: '0.05',
  ask: async (rig) => {
    const { price, mark, observed } = await protectionPrice(rig);
    const share = (shareFrom(price, mark) * THOUSAND + ONE / 2n) / ONE;
    return { observed, value: format(share * (ONE / THOUSAND)) };
  },
};
