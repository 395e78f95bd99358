import type { VerbContext } from '../context.ts';
import { runFilePath } from '../run-file.ts';
import { carryOut } from './carry-out.ts';
import { endLeftover } from './end-leftover.ts';
import type { GatewayPlace } from './gateway-place.ts';
import { liveInstruments } from './live-instruments.ts';
import { openRun } from './open-run.ts';
import type { OperatorToken } from './operator-token.ts';
import { prepare } from './prepare.ts';
import { servicesReady } from './start-services.ts';

/**
 * Starts everything on this machine and carries the plans out, until the time is over or a signal comes; then stops it all,
 * Redis last. Checks all that it was given before it starts or sends anything (ConfigError). Rejects when a part does not
 * start, or when the simulator dies.
 */
export async function up(given: unknown, context: VerbContext): Promise<void> {
  const { env, signal, print } = context;
  const preparation = await prepare(given, { env, nowMs: Date.now(), listInstruments: liveInstruments });
  for (const warning of preparation.warnings) print(`warning: ${warning}`);
  const runFile = runFilePath(env);
  await endLeftover(runFile, print);

  await using resources = new AsyncDisposableStack();
  const startedAtMs = Date.now();
  const run = await openRun(preparation, { ...context, runFile }, resources);
  const ending = AbortSignal.any([signal, run.failed]);
  const processes = await servicesReady(run.services, run.redis, ending);
  for (const { name, url } of processes.filter(({ service }) => service !== 'gateway')) {
    print(`${name.padEnd(12)} ${url}/metrics`);
  }
  if (!ending.aborted) tellGateway(preparation.gateway, run.operator, print);

  if (!ending.aborted) await carryOut(preparation, run, { print, ending, startedAtMs });
  run.failed.throwIfAborted();
  print('stopping everything');
}

function tellGateway({ url, note }: GatewayPlace, { token, file }: OperatorToken, print: VerbContext['print']): void {
  print(`gateway      ${url}${note === '' ? '' : ` (${note})`}`);
  if (file !== undefined) print(`operator     token ${token} (in ${file}, until the run ends)`);
}
