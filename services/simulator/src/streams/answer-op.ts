import type { Simulator } from '../simulator.ts';
import type { Connection } from './connection.ts';
import type { IncomingFrame } from './incoming-frame.ts';
import { LINEAR_CHANNEL } from './public-publisher.ts';
import { signIn } from './sign-in.ts';
import { checkTopics } from './topic-checks.ts';

/** Answers a frame on a public or private stream (reference A.7, D.2): the texts to send, in order. */
export function answerOp(simulator: Simulator, connection: Connection, frame: IncomingFrame): readonly string[] {
  const isPrivate = connection.at.kind === 'private';
  switch (frame.op) {
    case 'ping':
      return [isPrivate ? privatePong(simulator, connection, frame) : ack(connection, frame, { text: 'pong' })];
    case 'auth':
      return isPrivate ? auth(simulator, connection, frame) : invalid(connection, frame);
    case 'subscribe':
      return subscribe(simulator, connection, frame);
    case 'unsubscribe':
      return unsubscribe(simulator, connection, frame);
    default:
      return invalid(connection, frame);
  }
}

/** Answers what is no frame at all; the socket stays open. */
export function answerGarbage(connection: Connection, text: string): string {
  return ack(connection, { op: '', reqId: undefined }, { success: false, text });
}

type Asked = Pick<IncomingFrame, 'op' | 'reqId'>;

/** The one shape of acknowledgements; public streams say `req_id` even when none was sent. */
function ack({ id, at }: Connection, { op, reqId }: Asked, { success = true, text = '' }): string {
  const shown = reqId ?? (at.kind === 'public' ? '' : undefined);
  return JSON.stringify({ success, ret_msg: text, conn_id: id, req_id: shown, op });
}

function invalid(connection: Connection, frame: Asked): readonly string[] {
  return [ack(connection, frame, { success: false, text: 'error:invalid op' })];
}

function privatePong({ clock }: Simulator, { id }: Connection, { reqId }: Asked): string {
  return JSON.stringify({ req_id: reqId, op: 'pong', args: [String(clock.nowMs())], conn_id: id });
}

function auth(simulator: Simulator, connection: Connection, { args, reqId }: IncomingFrame): readonly string[] {
  const outcome = signIn(simulator, connection, args);
  if (outcome === 'silent') return [];
  const [success, text] = outcome === 'ok' ? [true, ''] : [false, outcome.text];
  return [JSON.stringify({ success, ret_msg: text, op: 'auth', conn_id: connection.id, req_id: reqId })];
}

function subscribe({ streams, clock }: Simulator, connection: Connection, frame: IncomingFrame): readonly string[] {
  const { fault, good } = checkTopics(streams, connection, frame.args.map(nameOf));
  const nowMs = clock.nowMs();
  const isMarket = connection.at.path === LINEAR_CHANNEL;
  const snapshots: string[] = [];
  for (const name of good) {
    const frames = isMarket ? (streams.publicTopics.begin(name, nowMs) ?? []) : [];
    streams.registry.subscribe(connection, name);
    snapshots.push(...frames.map((content) => JSON.stringify(content)));
  }
  streams.wake();
  const text = fault ?? (connection.at.category === 'spot' ? 'subscribe' : '');
  return [ack(connection, frame, { success: fault === undefined, text }), ...snapshots];
}

function unsubscribe({ streams }: Simulator, connection: Connection, frame: IncomingFrame): readonly string[] {
  if (connection.at.kind === 'private' && connection.account === '') {
    return [ack(connection, frame, { success: false, text: streams.options.subscribeBeforeAuthText })];
  }
  for (const name of frame.args.map(nameOf)) streams.registry.unsubscribe(connection, name);
  return [ack(connection, frame, {})];
}

/** A name that is no text is the name of no topic. Nothing nested is written out: it may be deeper than the stack. */
function nameOf(arg: unknown): string {
  return typeof arg === 'object' && arg !== null ? typeof arg : String(arg);
}
