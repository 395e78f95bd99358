import type { RequestFault } from '../sim/fault-spec.ts';
import type { Simulator } from '../simulator.ts';
import type { Admitted } from './admit-handshake.ts';
import { answerGarbage, answerOp } from './answer-op.ts';
import { answerTrade, answerTradeGarbage, endpointOfOp } from './answer-trade.ts';
import { connId } from './conn-id.ts';
import { Connection } from './connection.ts';
import { readFrame } from './incoming-frame.ts';
import type { IncomingFrame } from './incoming-frame.ts';
import type { Transport } from './transport.ts';

/** Opens the connection of a client and answers what it sends until it is closed. `onEffect` runs when a frame has had its effect. */
export function serveSocket(
  simulator: Simulator,
  { transport, admitted }: { transport: Transport; admitted: Admitted },
  onEffect: () => void,
): void {
  const { clock, streams } = simulator;
  const id = connId(streams.random);
  const connection = new Connection(transport, { ...admitted, id, nowMs: clock.nowMs() });
  transport.listen({
    received: (text) => guarded(connection, () => receive(simulator, connection, text, onEffect)),
    pinged: (data) => {
      if (connection.isHalfOpen) return;
      connection.lastActiveMs = simulator.clock.nowMs();
      transport.pong(data);
    },
    closed: () => streams.closed(connection),
  });
  streams.open(connection);
}

function receive(simulator: Simulator, connection: Connection, sent: string, onEffect: () => void): void {
  if (connection.isHalfOpen) return;
  connection.lastActiveMs = simulator.clock.nowMs();
  const frame = readFrame(sent);
  const isTrade = connection.at.kind === 'trade';
  if (typeof frame === 'string') {
    const text = isTrade ? answerTradeGarbage(connection, frame) : answerGarbage(connection, frame);
    connection.send(text, simulator.clock.nowMs());
    return;
  }
  if (isTrade) serveTrade(simulator, connection, frame, onEffect);
  else serveStream(simulator, connection, frame);
}

function serveStream(simulator: Simulator, connection: Connection, frame: IncomingFrame): void {
  const halfMs = simulator.config.latencyMs / 2;
  after(connection, halfMs, () => {
    const texts = answerOp(simulator, connection, frame);
    after(connection, halfMs, () => {
      for (const text of texts) connection.send(text, simulator.clock.nowMs());
    });
  });
}

function serveTrade(simulator: Simulator, connection: Connection, frame: IncomingFrame, onEffect: () => void): void {
  const faults = strike(simulator, connection, frame.op);
  const slownessMs = faults.reduce((sum, fault) => sum + (fault.kind === 'latency' ? (fault.ms ?? 0) : 0), 0);
  const halfMs = (simulator.config.latencyMs + slownessMs) / 2;
  const kinds = new Set(faults.map(({ kind }) => kind));
  after(connection, halfMs, () => {
    if (kinds.has('reply-lost-before')) {
      connection.cut();
      return;
    }
    const text = answerTrade(simulator, connection, frame, faults);
    onEffect();
    if (kinds.has('reply-lost-after')) {
      connection.cut();
      return;
    }
    after(connection, halfMs, () => {
      if (text !== undefined) connection.send(text, simulator.clock.nowMs());
    });
  });
}

function strike({ faults, clock }: Simulator, { account }: Connection, op: string): readonly RequestFault[] {
  const endpoint = endpointOfOp(op);
  return endpoint === undefined ? [] : faults.strike({ account, endpoint, nowMs: clock.nowMs() });
}

function after(connection: Connection, ms: number, action: () => void): void {
  if (ms === 0) action();
  else setTimeout(() => guarded(connection, action), ms).unref();
}

/** A failure of ours ends the socket that ran into it and says so; the others go on. */
function guarded(connection: Connection, action: () => void): void {
  try {
    action();
  } catch (error) {
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
    connection.cut();
  }
}
