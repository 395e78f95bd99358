import { createHash } from 'node:crypto';
import { aPosition } from '@backstop/core/testing';
import { beat } from '@backstop/store';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { activePlan, call, landRows, useGateway } from './gateway.ts';

const gateway = useGateway();
const sections = z.record(z.string(), z.string());

async function readSections(): Promise<Record<string, string>> {
  return sections.parse((await call(`${gateway().url}/sections.json`)).json);
}

test('the first page says how many open positions are protected', async () => {
  await activePlan(gateway());
  await landRows(gateway().redis, 'main');

  const { status, text } = await call(gateway().url);
  expect(status).toBe(200);
  expect(text).toMatch(/<div class="figure ">1 of 1<\/div>/);
  for (const part of ['ALICEUSDT', 'limit-order', 'hit rate', '/queues', '/docs', '/metrics'])
    expect(text).toContain(part);
});

test('a position without a stop makes it red and is named', async () => {
  await activePlan(gateway());
  await landRows(gateway().redis, 'main', { positions: [aPosition({ stopLoss: undefined })], orders: [] });

  const { protection } = await readSections();
  expect(protection).toMatch(/<div class="figure bad">0 of 1<\/div>/);
  expect(protection).toMatch(/main ALICEUSDT[^]*the position row names no stop/);
});

test('what it refreshes is what it showed', async () => {
  await activePlan(gateway());
  const parts = await readSections();
  const { text } = await call(gateway().url);
  for (const id of Object.keys(parts)) expect(text).toContain(`<section id="${id}">`);
  expect(text).toContain(parts['queues'] ?? 'nothing');
});

test('the policy lets its script run, and nothing on it comes from elsewhere', async () => {
  const { text, headers } = await call(gateway().url);
  const [, script = ''] = /<script>([^]*?)<\/script>/.exec(text) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
  expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('what others have named is text on it, never HTML', async () => {
  const url = 'javascript:alert(1)';
  await beat(gateway().redis, {
    name: '<img src=x onerror=alert(1)>',
    service: '"',
    pid: 1,
    url,
    startedAtMs: 1,
    counters: {},
  });
  const { processes } = await readSections();
  expect(processes).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(processes).not.toMatch(/<img|href="javascript/);
});
