import type { Leg } from './model.ts';

const PATTERN = /^(?:e\d+|t\d+|x)$/;

export function isLeg(text: string): text is Leg {
  return PATTERN.test(text);
}
