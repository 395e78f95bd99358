import { randomBytes } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 12;

/** 12 characters of base32, 60 random bits: unique per installation (S-24). */
export function newPlanId(): string {
  return Array.from(randomBytes(LENGTH), (byte) => BASE32[byte % BASE32.length] ?? 'a').join('');
}
