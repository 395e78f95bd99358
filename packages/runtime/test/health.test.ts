import { expect, test } from 'vitest';
import { openFleetMetrics, openMetrics, serveHealth } from '../src/index.ts';

test('readiness is answered with 200, or 503 and the reasons', async () => {
  let reasons: readonly string[] = ['redis is away', 'main has not been read yet'];
  await using health = await serveHealth({ port: 0, metrics: openMetrics('worker'), ready: () => ({ reasons }) });

  const waiting = await fetch(`${health.url}/readyz`);
  expect(waiting.status).toBe(503);
  expect(await waiting.json()).toEqual({ ready: false, reasons });

  reasons = [];
  expect((await fetch(`${health.url}/readyz`)).status).toBe(200);
});

test('a process that is not ready is alive all the same', async () => {
  await using health = await serveHealth({
    port: 0,
    metrics: openMetrics('worker'),
    ready: () => ({ reasons: ['starting'] }),
  });
  expect((await fetch(`${health.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${health.url}/elsewhere`)).status).toBe(404);
});

test('a readiness check that throws is answered with 500 and does not end the process', async () => {
  await using health = await serveHealth({
    port: 0,
    metrics: openMetrics('worker'),
    ready: () => Promise.reject(new Error('redis is away')),
  });
  expect((await fetch(`${health.url}/readyz`)).status).toBe(500);
});

test('metrics carry the names and labels of the design, and those of the fleet only where asked for', async () => {
  const metrics = openMetrics('maintenance');
  metrics.exchangeRequests.inc({ account: 'main', endpoint: 'order-create', outcome: 'ok' });
  metrics.jobSeconds.observe({ queue: 'tp-sl', outcome: 'done' }, 0.02);
  await using health = await serveHealth({ port: 0, metrics, ready: () => ({ reasons: [] }) });
  const scrape = async (): Promise<string> => (await fetch(`${health.url}/metrics`)).text();

  const text = await scrape();
  expect(text).toContain(
    'backstop_exchange_requests_total{account="main",endpoint="order-create",outcome="ok",service="maintenance"} 1',
  );
  expect(text).toContain('backstop_job_seconds_count{service="maintenance",queue="tp-sl",outcome="done"} 1');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).not.toContain('backstop_monitor_staleness_seconds');

  openFleetMetrics(metrics).monitorStaleness.set(3);
  expect(await scrape()).toContain('backstop_monitor_staleness_seconds{service="maintenance"} 3');
});

test('a port that is taken is an error, and a disposed server gives its port back', async () => {
  const options = { metrics: openMetrics('worker'), ready: () => ({ reasons: [] }) };
  const first = await serveHealth({ port: 0, ...options });
  const port = Number(new URL(first.url).port);
  await expect(serveHealth({ port, ...options })).rejects.toThrow('EADDRINUSE');

  await first[Symbol.asyncDispose]();
  await using second = await serveHealth({ port, ...options });
  expect(second.url).toBe(first.url);
});
