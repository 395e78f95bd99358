import type { TestProject } from 'vitest/node';
import { whyNoEngine } from './engine.ts';
import { IMAGE } from './image.ts';
import { runCommand } from './run-command.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why nothing can run in containers here; empty = an engine answers and the project's image is built. */
    noEngine: string;
  }
}

const BUILD_MS = 300_000;

/** Looks for a Docker engine once, and builds the project's image where there is one. */
export async function setup(project: TestProject): Promise<void> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true'; // its image may be missing; each test removes what it starts
  const noEngine = await whyNoEngine();
  project.provide('noEngine', noEngine);
  if (noEngine === '') await buildImage();
  else process.stdout.write(`containers: ${noEngine}, so what needs one is skipped\n`);
}

/** With the registry and the network of this machine, which the image does not keep. */
async function buildImage(): Promise<void> {
  const network = ['--network', process.env['BACKSTOP_BUILD_NETWORK'] ?? 'host'];
  const registry = [
    '--build-arg',
    `NPM_CONFIG_REGISTRY=${(await runCommand('npm', ['config', 'get', 'registry'])).trim()}`,
  ];
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) =>
    process.env[name] === undefined ? [] : ['--build-arg', name],
  );
  await runCommand(
    'docker',
    ['build', ...network, ...registry, ...proxies, '--file', 'infra/Dockerfile', '--tag', IMAGE, '.'],
    { timeoutMs: BUILD_MS },
  );
}
