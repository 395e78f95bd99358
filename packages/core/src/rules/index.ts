import type { Rule } from '../rule.ts';
import { breakeven } from './breakeven.ts';
import { cancelEntries } from './cancel-entries.ts';
import { closeWhenFlat } from './close-when-flat.ts';
import { entry } from './entry.ts';
import { exit } from './exit.ts';
import { externalStop } from './external-stop.ts';
import { stepLadder } from './step-ladder.ts';
import { stopLoss } from './stop-loss.ts';
import { timeLimit } from './time-limit.ts';
import { trailingStop } from './trailing-stop.ts';
import { takeProfitLadder } from './take-profit-ladder.ts';

/** In this order: later rules override earlier ones. Both lanes run all of them and each carries out its own part. */
export const RULES: readonly Rule[] = [
  closeWhenFlat,
  stopLoss,
  stepLadder,
  breakeven,
  timeLimit,
  externalStop,
  trailingStop,
  takeProfitLadder,
  exit,
  entry,
  cancelEntries,
];
