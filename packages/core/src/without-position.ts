import type { TpSlState } from './decision.ts';

/** The state without what was about a position that stands no more: its stops, and what others did to them. */
export function withoutPosition(state: TpSlState): TpSlState {
  const {
    acknowledgedStop: _acknowledgedStop,
    armedTrailing: _armedTrailing,
    settledStop: _settledStop,
    operatorStop: _operatorStop,
    dropped: _dropped,
    reassertions: _reassertions,
    ...rest
  } = state;
  return rest;
}
