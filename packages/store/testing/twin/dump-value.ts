import { numberToArg } from './lua-numbers.ts';
import type { Kinds } from './memory-store.ts';
import { printId } from './stream.ts';

/** What a key holds as plain values, in the order in which Redis would tell them. */
export function dumpValue(value: Kinds[keyof Kinds]): unknown {
  if ('text' in value) return value.text;
  if ('byMember' in value) return value.ordered.map(({ member, score }) => [member, numberToArg(score)]);
  if ('last' in value) return value.entries.map((entry) => [printId(entry), [...entry.fields]]);
  return [...value];
}
