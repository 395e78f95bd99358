import { once } from 'node:events';
import { FlagError, readFlags } from './flags.ts';
import { startSimulator } from './start-simulator.ts';

async function main(): Promise<void> {
  const { port, host, config } = readFlags(process.argv.slice(2));
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const running = await startSimulator(config, port, host);
  process.stdout.write(`simulator listening on ${running.url}\n`);
  await ended;
  await running.close();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof FlagError ? 2 : 1;
}
