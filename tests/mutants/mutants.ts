import { BEFORE } from './before.ts';
import { CORE_ACTIONS } from './core-actions.ts';
import { CORE_FACTS } from './core-facts.ts';
import { CORE_LEVELS } from './core-levels.ts';
import { CORE_ORDER_RULES } from './core-order-rules.ts';
import { CORE_OUTCOMES } from './core-outcomes.ts';
import { CORE_OWNERS } from './core-owners.ts';
import { CORE_STATE } from './core-state.ts';
import { CORE_STOP_RULES } from './core-stop-rules.ts';
import { DESK_READING } from './desk-reading.ts';
import { DESK_SENDING } from './desk-sending.ts';
import { EXCHANGE } from './exchange.ts';
import type { Mutant } from './mutant.ts';
import { START_UP } from './start-up.ts';
import { STORE_CHECKS } from './store-checks.ts';
import { STORE_QUEUES } from './store-queues.ts';
import { STORE_ROWS } from './store-rows.ts';
import { STORE_STREAMS } from './store-streams.ts';
import { STREAMS } from './streams.ts';

/** All of them. A new one goes into the list of the part that it breaks. */
export const MUTANTS: readonly Mutant[] = [
  ...CORE_STOP_RULES,
  ...CORE_ORDER_RULES,
  ...CORE_ACTIONS,
  ...CORE_LEVELS,
  ...CORE_OUTCOMES,
  ...CORE_STATE,
  ...CORE_OWNERS,
  ...CORE_FACTS,
  ...DESK_READING,
  ...DESK_SENDING,
  ...STORE_ROWS,
  ...STORE_CHECKS,
  ...STORE_QUEUES,
  ...STORE_STREAMS,
  ...STREAMS,
  ...START_UP,
  ...EXCHANGE,
  ...BEFORE,
];
