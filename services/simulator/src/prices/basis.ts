import { floorTo, max } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';
import type { Instrument } from '../engine/model.ts';
import type { PriceMove, PriceSource } from './price-source.ts';

/** How mark and index price differ from the last one. */
export interface Basis {
  /** They follow so much later, in the exchange's time. */
  readonly markLagMs: number;
  readonly indexLagMs: number;
  /** They are higher by this share of the price, in percent. */
  readonly markPct: number;
  readonly indexPct: number;
}

type Field = 'mark' | 'index';

interface Late {
  readonly atMs: number;
  readonly field: Field;
  readonly symbol: string;
  readonly price: Decimal;
}

/** A source with mark and index prices of their own; without lag and deviation it is the source itself. */
export function withBasis(
  source: PriceSource,
  basis: Basis,
  instruments: ReadonlyMap<string, Instrument>,
): PriceSource {
  if (Object.values(basis).every((value) => value === 0)) return source;
  let late: readonly Late[] = [];
  const nextAtMs = (): number | undefined => {
    const [own, follows] = [source.nextAtMs(), late[0]?.atMs];
    return own === undefined || follows === undefined ? (own ?? follows) : Math.min(own, follows);
  };
  const lagOf = (field: Field): number => (field === 'mark' ? basis.markLagMs : basis.indexLagMs);
  const priceOf = (move: PriceMove, field: Field): Decimal => {
    const pct = field === 'mark' ? basis.markPct : basis.indexPct;
    const tickSize = instruments.get(move.symbol)?.tickSize ?? 1n;
    return max(floorTo((move[field] * BigInt(Math.round((100 + pct) * 1e6))) / 100_000_000n, tickSize), tickSize);
  };
  const split = (move: PriceMove, nowMs: number): readonly PriceMove[] => {
    const instrument = instruments.get(move.symbol);
    if (instrument === undefined) return [];
    const now = { ...move, mark: instrument.mark, index: instrument.index };
    for (const field of ['mark', 'index'] as const) {
      const price = priceOf(move, field);
      if (lagOf(field) === 0) now[field] = price;
      else late = insert(late, { atMs: nowMs + lagOf(field), field, symbol: move.symbol, price });
    }
    return [now];
  };
  const follow = (): readonly PriceMove[] => {
    const [first, ...rest] = late;
    late = rest;
    const instrument = first && instruments.get(first.symbol);
    if (first === undefined || instrument === undefined) return [];
    const { last, mark, index } = instrument;
    return [{ symbol: first.symbol, last, mark, index, [first.field]: first.price }];
  };
  const step = (): readonly PriceMove[] => {
    const [atMs, ownMs] = [nextAtMs(), source.nextAtMs()];
    if (atMs === undefined) return [];
    return ownMs === atMs ? source.step().flatMap((move) => split(move, atMs)) : follow();
  };
  return { kind: source.kind, symbols: source.symbols, nextAtMs, step };
}

function insert(late: readonly Late[], entry: Late): readonly Late[] {
  const at = late.findLastIndex(({ atMs }) => atMs <= entry.atMs) + 1;
  return [...late.slice(0, at), entry, ...late.slice(at)];
}
