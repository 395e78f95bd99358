import { z } from 'zod';
import { countRequest } from '../http/count-request.ts';
import { limitHeaders } from '../http/answer.ts';
import { checkKey, checkTimestamp } from '../http/authenticate.ts';
import { carryOut } from '../http/carry-out.ts';
import type { Carried } from '../http/carry-out.ts';
import { textOfCode } from '../http/error-texts.ts';
import { randomUuid } from '../engine/random.ts';
import { Refusal } from '../engine/refusal.ts';
import type { RequestFault } from '../sim/fault-spec.ts';
import type { Simulator } from '../simulator.ts';
import type { Connection } from './connection.ts';
import type { IncomingFrame } from './incoming-frame.ts';
import { signIn } from './sign-in.ts';

/** The operations of a trade connection and the REST requests that they are (reference D.5). */
const ROUTES: Readonly<Record<string, string>> = {
  'order.create': 'POST order/create',
  'order.amend': 'POST order/amend',
  'order.cancel': 'POST order/cancel',
  'order.create-batch': 'POST order/create-batch',
  'order.amend-batch': 'POST order/amend-batch',
  'order.cancel-batch': 'POST order/cancel-batch',
};
const MOST_REQ_ID = 36;
const SECOND_MS = 1_000;

/** Values of other types count as absent. */
const headers = z.record(z.string(), z.union([z.string(), z.number()]).optional().catch(undefined));
const category = z.looseObject({ category: z.string() });

/** The endpoint that limits, faults and the truth know an operation by, such as `ws/order/create`. */
export function endpointOfOp(op: string): string | undefined {
  return Object.hasOwn(ROUTES, op) ? `ws/${ROUTES[op]?.slice('POST '.length)}` : undefined;
}

/** Answers a frame on a trade connection; `undefined` when it gets no answer. `faults` struck this request. */
export function answerTrade(
  simulator: Simulator,
  connection: Connection,
  frame: IncomingFrame,
  faults: readonly RequestFault[],
): string | undefined {
  if (frame.op === 'ping') {
    const data = [String(simulator.clock.nowMs())];
    return short(connection, frame, { retCode: 0, retMsg: 'OK', op: 'pong', data });
  }
  if (frame.op === 'auth') return auth(simulator, connection, frame);
  const carried = refusalOf(simulator, connection, frame) ?? order(simulator, connection, frame, faults);
  const endpoint = endpointOfOp(frame.op);
  if (endpoint !== undefined) {
    const outcome = carried.retCode === 0 ? 'ok' : String(carried.retCode);
    countRequest(simulator.engine.venue.truth, { account: connection.account, endpoint, outcome });
  }
  return reply(simulator, connection, frame, carried);
}

/** Answers what is no frame at all; the socket stays open. */
export function answerTradeGarbage(connection: Connection, text: string): string {
  return short(connection, { reqId: undefined }, { retCode: 10001, retMsg: text, op: '' });
}

function short(
  { id }: Connection,
  { reqId }: Pick<IncomingFrame, 'reqId'>,
  fields: { retCode: number; retMsg: string; op: string; data?: readonly string[] },
): string {
  return JSON.stringify({ reqId, ...fields, connId: id });
}

function auth(simulator: Simulator, connection: Connection, frame: IncomingFrame): string | undefined {
  if (connection.account !== '') {
    return short(connection, frame, { retCode: 20001, retMsg: 'Repeated auth', op: 'auth' });
  }
  const outcome = signIn(simulator, connection, frame.args);
  if (outcome === 'silent') return undefined;
  const [retCode, retMsg] = outcome === 'ok' ? [0, 'OK'] : [outcome.retCode, outcome.text];
  return short(connection, frame, { retCode, retMsg, op: 'auth' });
}

/** What the trade connection itself refuses, before anything of the request is looked at. */
function refusalOf(simulator: Simulator, connection: Connection, { op, reqId }: IncomingFrame): Carried | undefined {
  const { options } = simulator.streams;
  if (isOver(simulator, `address ${connection.address}`, options.tradePerAddress)) {
    return refused(10403, 'Exceeded the IP rate limit of 3000 requests per second');
  }
  if (isOver(simulator, `session ${connection.id}`, options.tradePerSession)) {
    return refused(20003, 'Too frequent requests under the same session');
  }
  if (connection.account === '') return refused(10004, options.subscribeBeforeAuthText);
  if (endpointOfOp(op) === undefined) return refused(10404, `op ${op} is not found`);
  if (reqId === undefined) return undefined;
  if (String(reqId).length > MOST_REQ_ID) return refused(10001, 'reqId is longer than 36 characters');
  return connection.isNewReqId(String(reqId)) ? undefined : refused(20006, 'Duplicate reqId');
}

function isOver({ streams, limits, clock }: Simulator, key: string, most: number): boolean {
  if (most === 0 || !limits.options.enabled) return false;
  const nowMs = clock.nowMs();
  if (streams.tradeRequests.within(key, nowMs, SECOND_MS).length >= most * limits.options.scale) return true;
  streams.tradeRequests.note(key, nowMs);
  return false;
}

function order(
  simulator: Simulator,
  connection: Connection,
  { op, fields, args }: IncomingFrame,
  faults: readonly RequestFault[],
): Carried {
  const account = simulator.engine.venue.accounts.get(connection.account);
  const route = ROUTES[op];
  if (account === undefined || route === undefined) return refused(10003, textOfCode(10003));
  if (faults.some(({ kind }) => kind === 'restarting')) return refused(10019, textOfCode(10019));
  try {
    checkHeader(simulator, fields['header'], faults);
    checkKey(account, connection.address, simulator.clock.nowMs());
  } catch (error) {
    if (error instanceof Refusal) return refused(error.retCode, error.message);
    throw error;
  }
  const [input] = args;
  const parsed = category.safeParse(input);
  if (args.length !== 1) return refused(10001, 'params error: args has to have one element');
  if (parsed.data?.category !== 'linear') return refused(10404, 'category is not correct or not supported');
  const hasOwnWindows = !simulator.streams.options.tradeSharesLimits && !route.endsWith('-batch');
  return carryOut(simulator, { account, route, input, faults, hasOwnWindows });
}

/** The header's time under the rule of signed requests, without a signature: 10002. */
function checkHeader({ clock }: Simulator, header: unknown, faults: readonly RequestFault[]): void {
  const given = headers.safeParse(header).data ?? {};
  const lower = Object.fromEntries(
    Object.entries(given).map(([name, value = '']) => [name.toLowerCase(), String(value)]),
  );
  const skewMs = faults.reduce((sum, fault) => (fault.kind === 'clock-skew' ? sum + fault.ms : sum), 0);
  const nowMs = clock.nowMs() + skewMs;
  checkTimestamp(lower, clock.isVirtual ? [nowMs, Date.now()] : [nowMs]);
}

function refused(retCode: number, retMsg: string): Carried {
  return { retCode, retMsg, result: {}, retExtInfo: {}, grant: undefined };
}

function reply(
  { clock, streams }: Simulator,
  { id }: Connection,
  { reqId, op }: IncomingFrame,
  { retCode, retMsg, result, retExtInfo, grant }: Carried,
): string {
  const header = {
    ...(grant === undefined ? {} : limitHeaders(grant)),
    Traceid: randomUuid(streams.random).replaceAll('-', ''),
    Timenow: String(clock.nowMs()),
  };
  return JSON.stringify({ reqId, retCode, retMsg, op, data: result, retExtInfo, header, connId: id });
}
