import type { Instrument } from '../model.ts';

/** The next cross sequence of a symbol. */
export function nextSeq(instrument: Instrument): number {
  instrument.seq += 1;
  return instrument.seq;
}
