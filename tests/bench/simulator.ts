import Table from 'cli-table3';
import { measureEngine, type EngineFigures } from './simulator-engine.ts';
import { measureRest, type RestFigures } from './simulator-rest.ts';
import { measureSockets, type SocketFigures } from './simulator-sockets.ts';

interface SimulatorFigures {
  readonly engine: EngineFigures;
  readonly rest: RestFigures;
  readonly sockets: SocketFigures;
}

/** How fast the simulated exchange is: its engine alone, signed REST over loopback, private sockets. Linux only. */
export async function simulator(): Promise<SimulatorFigures> {
  const figures = { engine: await measureEngine(), rest: await measureRest(), sockets: await measureSockets() };
  print(figures);
  return figures;
}

function print({ engine, rest, sockets }: SimulatorFigures): void {
  const table = new Table({ head: ['simulator', 'figure', 'goal'] });
  const row = (what: string, measured: string, goal = ''): void => void table.push([what, measured, goal]);
  const { seconds, commands, events, refused, cpuSeconds } = engine;
  row('engine: commands a second', perSecond(commands, seconds), '');
  row('engine: emitted events a second', perSecond(events, seconds), '');
  row('engine: both together', perSecond(commands + events, seconds), '>= 200,000');
  row('engine: both, a second of its CPU', perSecond(commands + events, cpuSeconds), '>= 200,000');
  row('engine: refused commands', `${((100 * refused) / commands).toFixed(1)} %`);
  for (const [kind, { count, microseconds }] of Object.entries(engine.byKind)) {
    row(`engine: ${kind}`, `${(microseconds / count).toFixed(1)} us`);
  }
  row('REST: signed requests a second', figure(rest.requestsPerSecond), '>= 2,000');
  row('REST: requests a second of its CPU', figure(Math.round(1_000 / rest.serverMsPerRequest)));
  row('REST: p50, p99', `${rest.p50Ms}, ${rest.p99Ms} ms`);
  row('REST: CPU of the simulator', `${rest.serverCores} cores, ${rest.serverMsPerRequest} ms a request`);
  row('REST: refused', figure(rest.refused), '0');
  row('sockets, events a second', `${sockets.sockets}, ${sockets.eventsPerSecond}`, '500, 100');
  row('sockets: frames delivered of sent', `${sockets.delivered} of ${sockets.expected}`, 'all');
  row('sockets: lag p50, p99', `${sockets.lagP50Ms}, ${sockets.lagP99Ms} ms`);
  row('sockets: CPU of the simulator', `${sockets.serverCores} cores`);
  row('sockets: opened and subscribed in', `${sockets.openMs} ms`);
  process.stdout.write(`${table.toString()}\n`);
}

function perSecond(count: number, seconds: number): string {
  return figure(Math.round(count / seconds));
}

function figure(value: number): string {
  return value.toLocaleString('en');
}
