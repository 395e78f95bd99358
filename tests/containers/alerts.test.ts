import { describe, expect, inject, test } from 'vitest';
import { ROOT, runCommand } from './run-command.ts';

const IMAGE = 'prom/prometheus:latest';

describe.skipIf(inject('noEngine') !== '')('promtool', () => {
  test('the alerts fire when they should, and only then', async () => {
    expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });

  test.each(['prometheus.yml', 'prometheus.up.yml'])('%s and its rules are valid', async (file) => {
    expect(await promtool('check', 'config', file)).toContain(`${file} is valid`);
  });
});

function promtool(...args: readonly string[]): Promise<string> {
  const mount = ['--volume', `${ROOT}infra/prometheus:/etc/prometheus:ro`, '--workdir', '/etc/prometheus'];
  return runCommand('docker', ['run', '--rm', ...mount, '--entrypoint', 'promtool', IMAGE, ...args]);
}
