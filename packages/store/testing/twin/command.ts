import type { MemoryStore } from './memory-store.ts';
import { RedisError, type Reply } from './redis-reply.ts';

/** Carries out one command; the arguments are those behind its name. Throws RedisError where Redis replies with an error. */
export type Run = (store: MemoryStore, args: readonly string[]) => Reply;

/** An argument that must be there. */
export function at(args: readonly string[], place: number): string {
  const value = args[place];
  if (value === undefined) throw new RedisError('ERR wrong number of arguments');
  return value;
}

/** At least so many arguments, and in pairs from `from` on where that is given. */
export function demand(args: readonly string[], least: number, pairsFrom?: number): void {
  const isOdd = pairsFrom !== undefined && (args.length - pairsFrom) % 2 !== 0;
  if (args.length < least || isOdd) throw new RedisError('ERR wrong number of arguments');
}

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
/** Fewer than these, a sign among them, are exact as a number. */
const MOST_SAFE_DIGITS = 16;
const LARGEST = 2n ** 63n - 1n;

/** Whether a text is a whole number of 64 bits, as Redis takes it: no blanks, no sign but minus, no leading zeros. */
export function isInteger(text: string): boolean {
  if (!INTEGER.test(text)) return false;
  return text.length < 19 || (BigInt(text) <= LARGEST && BigInt(text) >= -LARGEST - 1n);
}

function toBigInteger(text: string): bigint {
  if (!isInteger(text)) throw new RedisError('ERR value is not an integer or out of range');
  return BigInt(text);
}

/** A whole number: for places, counts and times. */
export function toInteger(text: string): number {
  if (text.length < MOST_SAFE_DIGITS && INTEGER.test(text)) return Number(text);
  return Number(toBigInteger(text));
}

/** A sum of whole numbers as text, exact. */
export function sumOf(held: string, change: string): string {
  const [a, b] = [Number(held), Number(change)];
  const sum = a + b;
  const isPlain = INTEGER.test(held) && INTEGER.test(change) && [a, b, sum].every(Number.isSafeInteger);
  if (isPlain) return `${sum}`;

  const exact = toBigInteger(held) + toBigInteger(change);
  if (exact > LARGEST || exact < -LARGEST - 1n) throw new RedisError('ERR increment or decrement would overflow');
  return `${exact}`;
}
