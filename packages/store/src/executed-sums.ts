import { ONE, type Decimal, type Executed, type ExecutedBy } from '@backstop/core';

const BY = /^(?:[et]\d+|x|stop|stop-trailing|external-in|external-out|liquidation)$/;

/** The two numbers that HINCRBY adds exactly: whole coins, and parts of 1e-12 with the same sign. */
export function toWholeAndParts(value: Decimal): [whole: string, parts: string] {
  return [(value / ONE).toString(), (value % ONE).toString()];
}

/** Reads an `executed` hash: `by:qty:whole`, `by:qty:parts`, ... and `seq`. */
export function toExecuted(pairs: readonly string[]): {
  readonly executed: ReadonlyMap<ExecutedBy, Executed>;
  readonly executionsSeq: number;
} {
  const fields = new Map<string, string>();
  for (let index = 0; index < pairs.length; index += 2) fields.set(pairs[index] ?? '', pairs[index + 1] ?? '0');

  const sum = (name: string) =>
    BigInt(fields.get(`${name}:whole`) ?? '0') * ONE + BigInt(fields.get(`${name}:parts`) ?? '0');
  const legs = new Set([...fields.keys()].map((field) => field.split(':')[0] ?? '').filter(isExecutedBy));
  const executed = new Map(
    [...legs].map((by) => [by, { qty: sum(`${by}:qty`), value: sum(`${by}:value`), fee: sum(`${by}:fee`) }]),
  );
  return { executed, executionsSeq: Number(fields.get('seq') ?? '-1') };
}

function isExecutedBy(text: string): text is ExecutedBy {
  return BY.test(text);
}
