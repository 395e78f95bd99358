import type { Account } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import { textOfCode } from './error-texts.ts';
import { symbolsNamedIn } from './mutated-symbols.ts';

/** 10005 when the key may not do this, 10029 when it may not trade a symbol of the request (reference A.5, C.11). */
export function checkPermission({ key }: Account, route: string, input: unknown): void {
  const isWrite = route.startsWith('POST ');
  const needed = /^\w+ position\//.test(route)
    ? 'Position'
    : /^\w+ (order|execution)\//.test(route)
      ? 'Order'
      : undefined;
  const isDenied = (isWrite && key.readOnly) || (needed !== undefined && !key.permissions.includes(needed));
  if (isDenied) throw new Refusal(10005, textOfCode(10005));
  if (!isWrite || key.symbols.length === 0) return;
  if (symbolsNamedIn(input).some((symbol) => !key.symbols.includes(symbol)))
    throw new Refusal(10029, textOfCode(10029));
}
