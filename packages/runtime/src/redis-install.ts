import { access, chmod, rename, rm, writeFile } from 'node:fs/promises';
import type { Notes } from './log.ts';
import { commandPath, runCommand } from './run-command.ts';

/** Debian asks this program whether a package may start its service; 101 = no. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const FORBID_SERVICES = '#!/bin/sh\nexit 101\n';
const INSTALL_MS = 180_000;

export interface InstallOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Notes;
  readonly policyFile?: string;
  readonly isRoot?: boolean;
}

/**
 * Installs redis-server with apt-get, as root on Debian or Ubuntu; elsewhere it does nothing. While it runs, a policy-rc.d
 * keeps the package from starting a system service; one that was there before is put back. Says what it does.
 */
export async function installRedis({
  env,
  log,
  policyFile = POLICY_FILE,
  isRoot = process.getuid?.() === 0,
}: InstallOptions): Promise<void> {
  const aptGet = await commandPath('apt-get', env);
  if (!isRoot || aptGet === undefined) return;

  log.info(
    { package: 'redis-server' },
    'no redis on this machine: installing it with apt-get, without starting its system service',
  );
  await withoutServices(policyFile, async () => {
    const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: INSTALL_MS };
    const install = ['install', '--yes', '--quiet', '--no-install-recommends', 'redis-server'];
    if ((await runCommand(aptGet, install, options)).ok) return;
    await runCommand(aptGet, ['update', '--quiet'], options);
    const { ok, problem } = await runCommand(aptGet, install, options);
    if (!ok) log.error({ problem }, 'apt-get could not install redis-server');
  });
}

async function withoutServices(policyFile: string, work: () => Promise<void>): Promise<void> {
  const kept = `${policyFile}.before-backstop`;
  const existed = await access(policyFile).then(
    () => true,
    () => false,
  );
  if (existed) await rename(policyFile, kept);
  try {
    await writeFile(policyFile, FORBID_SERVICES);
    await chmod(policyFile, 0o755);
    await work();
  } finally {
    if (existed) await rename(kept, policyFile);
    else await rm(policyFile, { force: true });
  }
}
