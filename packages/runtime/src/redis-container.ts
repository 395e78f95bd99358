import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Notes } from './log.ts';
import { sleep } from './lifecycle.ts';
import { answersPing } from './redis-ping.ts';
import type { RedisServer } from './redis-server.ts';
import { REDIS_SETTINGS } from './redis-spawn.ts';
import { runCommand } from './run-command.ts';

const IMAGE = 'redis:7-bookworm';
const PULL_MS = 180_000;
const COMMAND_MS = 20_000;
const START_MS = 15_000;

/** Starts Redis in a container with its data in `dir`; undefined = no Docker engine answers, or it cannot get the image. */
export async function startRedisContainer(dir: string, log: Notes): Promise<RedisServer | undefined> {
  const engine = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: COMMAND_MS });
  if (!engine.ok) return undefined;

  const data = path.resolve(dir, 'redis-data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  const started = await runCommand(
    'docker',
    [
      'run',
      '--detach',
      '--rm',
      '--publish',
      '127.0.0.1::6379',
      '--label',
      'backstop',
      ...asOurselves(),
      '--volume',
      `${data}:/data`,
      IMAGE,
      'redis-server',
      ...REDIS_SETTINGS,
    ],
    { timeoutMs: PULL_MS },
  );
  if (!started.ok) {
    log.warn({ image: IMAGE, problem: started.problem }, 'docker could not start redis');
    return undefined;
  }
  const container = started.stdout.trim();
  const stop = async (): Promise<void> => {
    await runCommand('docker', ['stop', '--time', '5', container], { timeoutMs: COMMAND_MS });
  };
  const url = await publishedUrl(container);
  if (url === undefined) {
    await stop();
    return undefined;
  }
  return {
    url,
    description: `container ${container.slice(0, 12)} (${IMAGE}) at ${url}`,
    isOurs: true,
    revive: () => Promise.resolve(false),
    [Symbol.asyncDispose]: stop,
  };
}

/** Files under the mount then belong to the user who starts Backstop and can be deleted again. */
function asOurselves(): readonly string[] {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  return uid === undefined || gid === undefined ? [] : ['--user', `${uid}:${gid}`];
}

async function publishedUrl(container: string): Promise<string | undefined> {
  const deadlineMs = performance.now() + START_MS;
  while (performance.now() < deadlineMs) {
    const { stdout } = await runCommand('docker', ['port', container, '6379/tcp'], { timeoutMs: COMMAND_MS });
    const url = `redis://${stdout.trim().split('\n')[0] ?? ''}`;
    if (stdout !== '' && (await answersPing(url, 1_000))) return url;
    await sleep(100);
  }
  return undefined;
}
