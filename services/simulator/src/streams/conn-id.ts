import type { Random } from '../engine/random.ts';

const LETTERS = '0123456789abcdefghijklmnopqrstuv';

/** A connection's name in the form of the captures: `d2skksbfh6ke97cc05f0-6lyui`. */
export function connId(random: Random): string {
  return `${text(random, 20)}-${text(random, 5)}`;
}

function text(random: Random, length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}
