import { runCommand } from './run-command.ts';
import { IMAGE } from './image.ts';

/** docker-compose.yml with the paper profile, as a project of its own with ports that nobody else has. */
export interface Compose extends AsyncDisposable {
  /** Address on this host of a service's port. */
  readonly url: (service: string, port: number) => Promise<string>;
  /** Runs this many workers, and leaves everything else as it is. Resolves when they are started, or gone. */
  readonly scaleWorkers: (count: number) => Promise<void>;
  /** Resolves with the exit code of a service that ends by itself. */
  readonly ended: (service: string) => Promise<number>;
  /** The last lines that a service has written. */
  readonly logs: (service: string) => Promise<string>;
}

const START_MS = 180_000;

/** Starts everything with three workers. The variables go before those of .env.example. */
export async function startCompose(variables: Readonly<Record<string, string>>): Promise<Compose> {
  const [program, ...first] = await composeProgram();
  const base = [...first, '--env-file', '.env.example', '--project-name', `backstop-test-${process.pid}`];
  const env = {
    ...withoutOurs(process.env),
    BACKSTOP_IMAGE: IMAGE,
    BACKSTOP_GATEWAY_BIND: '127.0.0.1:0',
    SIMULATOR_BIND: '127.0.0.1:0',
    PROMETHEUS_BIND: '127.0.0.1:0',
    ...variables,
  };
  const compose = (...args: readonly string[]): Promise<string> =>
    runCommand(program, [...base, ...args], { env, timeoutMs: START_MS });
  const down = async (): Promise<void> => {
    await compose('--profile', 'paper', 'down', '--volumes', '--remove-orphans', '--timeout', '10');
  };
  try {
    await compose('up', '--detach', '--scale', 'worker=3');
  } catch (error) {
    await down();
    throw error;
  }
  return {
    url: async (service, port) => `http://${(await compose('port', service, String(port))).trim()}`,
    scaleWorkers: async (count) => {
      await compose('up', '--detach', '--no-deps', '--no-recreate', '--scale', `worker=${count}`, 'worker');
    },
    ended: async (service) => {
      const container = (await compose('ps', '--all', '--quiet', service)).trim();
      return Number(await runCommand('docker', ['wait', container], { timeoutMs: START_MS }));
    },
    logs: (service) => compose('logs', '--tail', '20', service),
    [Symbol.asyncDispose]: down,
  };
}

/** Compose v2 where there is one, else 1.29. */
async function composeProgram(): Promise<readonly [string, ...string[]]> {
  return runCommand('docker', ['compose', 'version'], { timeoutMs: 20_000 }).then(
    () => ['docker', 'compose'],
    () => ['docker-compose'],
  );
}

/** Nothing that this shell is set to may lead a test to a live exchange. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(BACKSTOP|COMPOSE|PAPER|SCHEDULER)_/.test(name)));
}
