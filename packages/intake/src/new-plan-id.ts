import { randomBytes } from 'node:crypto';
import { base32 } from './base32.ts';

const LENGTH = 12;

/** 12 characters of base32, 60 random bits: unique per installation (S-24). */
export function newPlanId(): string {
  return base32(randomBytes(LENGTH));
}
