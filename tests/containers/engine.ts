import { runCommand } from './run-command.ts';

/** Why nothing can run in containers here; empty = an engine answers. */
export function whyNoEngine(): Promise<string> {
  return runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 20_000 }).then(
    () => '',
    () => 'no Docker engine answers',
  );
}
