import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { call, useGateway } from './gateway.ts';

const gateway = useGateway();

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ summary: z.string() }))),
});

async function readDocument() {
  const { status, json } = await call(`${gateway().url}/docs/json`);
  expect(status).toBe(200);
  return documentSchema.parse(json);
}

test('the OpenAPI document is valid', async () => {
  const { valid, errors } = await new Validator().validate(await readDocument());
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test('it lists every route of the API', async () => {
  const { paths } = await readDocument();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual([
    'GET /healthz',
    'GET /metrics',
    'GET /readyz',
    'GET /v1/accounts',
    'GET /v1/cache',
    'GET /v1/monitors',
    'GET /v1/monitors/{id}',
    'GET /v1/processes',
    'GET /v1/queues',
    'POST /v1/monitors',
    'POST /v1/persist',
  ]);
});

test('it describes a plan by the schema that plans are read with, and says which routes want the token', async () => {
  const { paths } = await readDocument();
  const submit = JSON.stringify(paths['/v1/monitors']?.['post']);
  for (const field of ['takeProfits', 'triggerPrice', 'entriesExpireAt', 'priceBandPercent', '"operator"', '"422"']) {
    expect(submit).toContain(field);
  }
  expect(JSON.stringify(paths['/v1/monitors']?.['get'])).not.toContain('"operator"');
});

test('its page is there', async () => {
  const { status, text } = await call(`${gateway().url}/docs`);
  expect(status).toBe(200);
  expect(text).toContain('Backstop API');
  expect(text).not.toMatch(/<script(?![^>]*src=)/);
});
