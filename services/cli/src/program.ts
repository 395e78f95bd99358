import { ConfigError } from '@backstop/runtime';
import { Command, CommanderError } from 'commander';
import { cacheFlush } from './cache-flush.ts';
import { cacheStats } from './cache-stats.ts';
import type { VerbContext } from './context.ts';
import { doctor } from './doctor.ts';
import { persist } from './persist.ts';
import { plan } from './plan.ts';
import { probe } from './probe/probe.ts';
import { PROBE_DEFAULTS } from './probe/probe-options.ts';
import { replay } from './replay.ts';
import { status } from './status.ts';
import { up } from './up/up.ts';
import { UP_DEFAULTS } from './up/up-options.ts';
import { why } from './why.ts';

/**
 * Reads the command line and carries out its verb. Throws ConfigError, so that nothing starts, for a verb, flag or value
 * that does not exist.
 */
export async function runProgram(args: readonly string[], context: VerbContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(withoutSeparator(args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== 'commander.help') {
      throw new ConfigError(`${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}; see --help`, []);
    }
  }
}

function createProgram(context: VerbContext): Command {
  const program = new Command('backstop')
    .description('Keeps the take-profits, stop-losses and scale-in limit orders of any number of positions right.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.print(text.trimEnd()), writeErr: () => undefined })
    .showHelpAfterError(false);
  addUp(program, context);
  program
    .command('status')
    .description('monitors, processes, queues and accounts of the running installation')
    .action(() => status(context));
  const cache = program.command('cache').description('the shared cache of exchange facts');
  cache
    .command('stats')
    .description('hits, patches, expiries and misses by kind of row')
    .action(() => cacheStats(context));
  cache
    .command('flush')
    .description('drop all cached rows; they are read again when needed')
    .action(() => cacheFlush(context));
  program
    .command('persist')
    .description('bring everything into the archive now, and say what is durable')
    .action(() => persist(context));
  addQuestions(program, context);
  program
    .command('probe')
    .description(
      'ask a demo account what the documents of the exchange leave open; takes BACKSTOP_DEMO_KEY and _SECRET',
    )
    .option('--url <url>', 'the demo exchange, or a simulator on this machine', PROBE_DEFAULTS.url)
    .option('--symbol <symbol>', 'a contract without position or orders', PROBE_DEFAULTS.symbol)
    .option('--only <text>', 'only the questions that contain this text')
    .action((options: unknown) => probe(options, context));
  return program;
}

/** What an operator asks about monitors and decisions. */
function addQuestions(program: Command, context: VerbContext): void {
  const fresh = ['--fresh', 'have the accounts read from the exchange first'] as const;
  program
    .command('why')
    .description('one monitor explained: what is wanted, what stands, what differs, and what happens next')
    .argument('<monitor>', 'its id or the beginning of it, or account:SYMBOL')
    .action((text: string) => why(text, context));
  program
    .command('plan')
    .description('what is wanted against what stands, monitor by monitor; nothing is sent')
    .option('--account <name>', 'only this account')
    .option('--monitor <id>', 'only this monitor')
    .option('--json', 'as JSON')
    .option(...fresh)
    .action((options: unknown) => plan(options, context));
  program
    .command('doctor')
    .description(
      'name everything that is not as it should be, and what becomes of it (exit code 1: something was found)',
    )
    .option('--account <name>', 'only this account')
    .option('--json', 'as JSON')
    .option(...fresh)
    .action((options: unknown) => doctor(options, context));
  program
    .command('replay')
    .description('make a recorded decision again and say whether the same comes out (exit code 1: it does not)')
    .argument('<decision>', 'its id, as `why` lists it')
    .action((id: string) => replay(id, context));
}

function addUp(program: Command, context: VerbContext): void {
  const { for: _, ...defaults } = UP_DEFAULTS;
  program
    .command('up')
    .description(
      'start everything on this machine: Redis, archive, simulator, scheduler, streams, workers, maintenance, gateway',
    )
    .option('--for <duration>', 'end by itself after, e.g., 60s, 5m or 1h')
    .option('--plans <file>', 'trade plans to carry out', defaults.plans)
    .option('--latency <ms>', 'latency of the simulated exchange', defaults.latency)
    .option('--workers <n>', 'worker processes', defaults.workers)
    .option('--streams <n>', 'processes for private streams; 0 = only poll', defaults.streams)
    .option('--report <file>', 'write the report of the run as JSON')
    .option('--port <port>', 'port of the gateway (default: 3000, or a free one when that is taken)')
    .option('--state <dir>', 'keep the state in this folder instead of one that is deleted at the end')
    .option('--seed <n>', 'seed of the simulated market', defaults.seed)
    .option('--market <market>', 'simulated prices after the set-up: walk or still', defaults.market)
    .option('--accounts <file>', 'API keys: {"accounts":[{"name","apiKey","secret"}]}')
    .option('--adoption <file>', 'what becomes of positions that no plan opened (default: they are left alone)')
    .option('--venue <venue>', 'simulator, demo, testnet or mainnet', defaults.venue)
    .option('--yes-real-money', 'needed for mainnet: orders are real')
    .action((options: unknown) => up(options, context));
}

/** Some package managers hand the `--` before their script's flags on. */
function withoutSeparator(args: readonly string[]): string[] {
  const at = args.indexOf('--');
  return at === -1 ? [...args] : args.toSpliced(at, 1);
}
