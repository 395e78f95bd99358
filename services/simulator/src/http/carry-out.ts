import type { Account } from '../engine/model.ts';
import { noteReaction } from '../engine/truth/reactions.ts';
import { Refusal, refusals } from '../engine/refusal.ts';
import type { FaultSpec } from '../sim/fault-spec.ts';
import type { Simulator } from '../simulator.ts';
import { bendResult, isListing } from './bend-result.ts';
import type { Answer, Call } from './call.ts';
import { textOfCode } from './error-texts.ts';
import { batchSize } from './handlers/batch.ts';
import { symbolsOf } from './mutated-symbols.ts';
import { checkPermission } from './permissions.ts';
import type { Grant } from './rate-limits.ts';
import { PRIVATE_ROUTES } from './routes.ts';

/** A private request whose sender is known. */
export interface Command {
  readonly account: Account;
  /** A key of PRIVATE_ROUTES, such as "POST order/create". */
  readonly route: string;
  readonly input: unknown;
  readonly faults: readonly FaultSpec[];
  /** Takes from windows of its own instead of those of REST; only single orders over trade sockets ask for it. */
  readonly hasOwnWindows?: boolean;
}

/** What a private request comes to, whatever carried it; `grant` is its place in the rate limit. */
export interface Carried {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: unknown;
  readonly retExtInfo: unknown;
  readonly grant: Grant | undefined;
}

/**
 * Carries out a private request: faults, permission, rate limit, effect, in this order. REST and trade sockets share it,
 * and so share an account's limits (reference B.4). Never throws for what a client sent.
 */
export function carryOut(simulator: Simulator, command: Command): Carried {
  const { account, route, input, faults } = command;
  const handle = Object.hasOwn(PRIVATE_ROUTES, route) ? PRIVATE_ROUTES[route] : undefined;
  if (handle === undefined) return refused(new Refusal(10017, textOfCode(10017)));
  const denied = refusalOfFaults(faults) ?? attempt(() => checkPermission(account, route, input));
  if (denied instanceof Refusal) return refused(denied);
  const grant = grantOf(simulator, command);
  if (grant.granted === 0) return { ...refused(refusals.tooManyVisits()), grant };

  const answer = attempt(() => effectOf(simulator, command, { handle, granted: grant.granted }));
  if (answer instanceof Refusal) return { ...refused(answer), grant };
  const { result, retExtInfo = {}, retMsg = 'OK' } = answer;
  return { retCode: 0, retMsg, result: bendResult(result, faults), retExtInfo, grant };
}

interface Handling {
  readonly handle: (call: Call) => Answer;
  readonly granted: number;
}

function effectOf(
  simulator: Simulator,
  { account, route, input, faults }: Command,
  { handle, granted }: Handling,
): Answer {
  const { engine } = simulator;
  const isWrite = route.startsWith('POST ');
  if (isWrite) noteMutation(simulator, account, input);
  const call = { engine, account: isWrite ? account : asRead(simulator, account, faults), input, granted };
  const losesRace = faults.some(({ kind }) => kind === 'cancel-fill-race');
  return losesRace ? engine.losingRaces(() => handle(call)) : handled(handle, call, faults);
}

/** A batch costs as much as it has orders (reference B.4). */
function grantOf({ limits, engine }: Simulator, { account, route, input, hasOwnWindows = false }: Command): Grant {
  const endpoint = route.slice(route.indexOf(' ') + 1);
  const cost = endpoint.endsWith('-batch') ? batchSize(input) : 1;
  const holder = hasOwnWindows ? { ...account, uid: -account.uid } : account;
  return limits.take(holder, endpoint, { cost, nowMs: engine.venue.nowMs() });
}

function refused({ retCode, message }: Refusal): Carried {
  return { retCode, retMsg: message, result: {}, retExtInfo: {}, grant: undefined };
}

function attempt<T>(action: () => T): T | Refusal {
  try {
    return action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The retCode that a fault answers with, instead of any effect. */
function refusalOfFaults(faults: readonly FaultSpec[]): Refusal | undefined {
  for (const fault of faults) {
    const retCode = fault.kind === 'refusal' ? fault.retCode : CODE_OF_FAULT[fault.kind];
    if (retCode !== undefined) return new Refusal(retCode, messageOf(fault) ?? textOfCode(retCode));
  }
  return undefined;
}

const CODE_OF_FAULT: Readonly<Partial<Record<FaultSpec['kind'], number>>> = {
  'rate-limited': 10006,
  'server-error': 10016,
  restarting: 10016,
  'key-revoked': 33004,
  'order-processing': 110079,
};

function messageOf(fault: FaultSpec): string | undefined {
  return fault.kind === 'refusal' ? fault.retMsg : undefined;
}

/** A page under a `partial-page` fault has half its rows, and a cursor that goes on behind them. */
function handled(handle: (call: Call) => Answer, call: Call, faults: readonly FaultSpec[]): Answer {
  const answer = handle(call);
  if (!faults.some(({ kind }) => kind === 'partial-page')) return answer;
  const { result } = answer;
  if (!isListing(result)) return answer;
  if (result.list.length < 2) return { ...answer, result: { ...result, list: [] } };
  const limit = String(Math.ceil(result.list.length / 2));
  return handle({ ...call, input: typeof call.input === 'object' ? { ...call.input, limit } : { limit } });
}

function noteMutation({ engine }: Simulator, account: Account, input: unknown): void {
  for (const symbol of symbolsOf(engine.venue, account, input)) noteReaction(engine.venue, account.name, symbol);
}

/** The account as a read sees it: behind the streams by the option and by a `stale-reads` fault. */
function asRead({ history, engine }: Simulator, account: Account, faults: readonly FaultSpec[]): Account {
  const stale = faults.find((fault) => fault.kind === 'stale-reads');
  const lagMs = Math.max(history.options.restLagMs, stale?.ms ?? 0);
  return lagMs === 0 ? account : history.asOf(account, engine.venue.nowMs() - lagMs);
}
