import type { Stage } from './decision.ts';

/**
 * What the facts say, as far as a stage depends on it.
 * `none`: nothing was entered. `void`: nothing was, and nothing will be. `position`: entered, and not proven flat.
 * `scaled`: the same, past the breakeven take-profit. `flat`: entered, and flat on closed books. `gone`: flat, and a
 * listing begun well after closing shows nothing of ours.
 */
export type Evidence = 'none' | 'void' | 'position' | 'scaled' | 'flat' | 'gone';

/** Total: a forgotten cell does not compile (F-35). Nothing leads back, so each stage is told once. */
export const NEXT_STAGE: Readonly<Record<Stage, Readonly<Record<Evidence, Stage>>>> = {
  waiting: {
    none: 'waiting',
    void: 'closed',
    position: 'open',
    scaled: 'scaled-out',
    flat: 'closing',
    gone: 'closing',
  },
  open: { none: 'open', void: 'open', position: 'open', scaled: 'scaled-out', flat: 'closing', gone: 'closing' },
  'scaled-out': {
    none: 'scaled-out',
    void: 'scaled-out',
    position: 'scaled-out',
    scaled: 'scaled-out',
    flat: 'closing',
    gone: 'closing',
  },
  closing: {
    none: 'closing',
    void: 'closing',
    position: 'closing',
    scaled: 'closing',
    flat: 'closing',
    gone: 'closed',
  },
  closed: { none: 'closed', void: 'closed', position: 'closed', scaled: 'closed', flat: 'closed', gone: 'closed' },
};
