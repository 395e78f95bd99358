import * as fc from 'fast-check';

const CHANGES = ['create', 'create', 'amend', 'cancel', 'fill', 'fill', 'fill-whole', 'set-stop', 'flatten'] as const;
const FRAMES = ['tell', 'tell', 'tell', 'tell', 'tell', 'tell', 'tell-again', 'tell-again'] as const;
const READS = ['begin', 'begin', 'land', 'land', 'land', 'begin-positions', 'land-positions'] as const;
const WRITES = ['write-create', 'write-cancel', 'write-amend', 'write-stop'] as const;
const OUTCOMES = ['happen', 'happen', 'reply', 'reply'] as const;
const BREAKS = ['reconnect', 'flush'] as const;
const KINDS = [...CHANGES, ...FRAMES, ...READS, ...WRITES, ...OUTCOMES, ...BREAKS] as const;

/** Something that happens at the exchange, on the way from it, or in the store; `pick` chooses of what, `waitMs` passes before it. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
  readonly waitMs: number;
}

export const anyHistory = fc.record({
  /** How far the exchange's clock is off. */
  skewMs: fc.constantFrom(0, -400, 400),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom<Step['kind'][]>(...KINDS),
      pick: fc.nat({ max: 99 }),
      waitMs: fc.constantFrom(0, 0, 1, 3, 30, 200, 450, 1_100),
    }),
    { minLength: 40, maxLength: 60, size: 'max' },
  ),
});

export interface History {
  readonly skewMs: number;
  readonly steps: readonly Step[];
}
