import { request } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listMarket, TOKEN, useGateway, writtenPlan } from './gateway.ts';

const gateway = useGateway();
const RUNS = 400;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];
const PATHS = [
  '/',
  '/sections.json',
  '/v1/monitors',
  '/v1/monitors/aaaaaaaaaaaa',
  '/v1/cache',
  '/v1/accounts',
  '/v1/processes',
  '/v1/queues',
  '/v1/nothing',
  '/docs',
  '/docs/json',
  '/docs/static/swagger-ui.css',
  '/queues',
  '/queues/sign-in',
  '/queues/api/queues',
  '/queues/api/queues/tp-sl/metrics',
  '/queues/api/queues/tp-sl/1',
  '/queues/api/queues/tp-sl/1/logs',
  '/queues/api/queues/tp-sl/clean/failed',
  '/queues/api/queues/tp-sl/retry/failed',
  '/queues/api/queues/tp-sl/add',
  '/queues/api/queues/tp-sl/rate-limit',
  '/queues/api/queues/tp-sl/concurrency',
  '/queues/api/redis/stats',
  '/queues/api/job-schedulers',
  '/queues/static/../../package.json',
  '/metrics',
  '/healthz',
];

const segment = fc.oneof(
  fc.constantFrom(
    '..',
    '%2e%2e',
    '%00',
    '%',
    '%zz',
    '%ff',
    '__proto__',
    'constructor',
    '*',
    '\\',
    ';',
    "'",
    'x'.repeat(300),
  ),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
  fc.tuple(fc.constantFrom(...PATHS), segment).map(([base, more]) => `${base}/${more}`),
  fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    'main',
    '-1',
    '1e999',
    '99999999999999999999',
    'true',
    '%00',
    '[]',
    '{}',
    'failed',
    'tp-sl',
    'latest',
  ),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'account',
        'symbol',
        'stage',
        'activeQueue',
        'status',
        'page',
        'jobsPerPage',
        '__proto__',
        'a[b]',
        '%',
      ),
      value,
    ),
    { maxLength: 4 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, given]) => `${name}=${given}`).join('&')}`));

const body = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    '{',
    'null',
    '[]',
    '{"plans":{}}',
    '{"plans":[null]}',
    '{"__proto__":{}}',
    '\u0000',
    '"\\ud800"',
  ),
  fc.json({ maxDepth: 3 }),
  fc.jsonValue({ maxDepth: 2 }).map((change) => JSON.stringify({ plans: [writtenPlan({ entries: change })] })),
  fc
    .jsonValue({ maxDepth: 2 })
    .map((change) => JSON.stringify({ plans: [writtenPlan({ stopLoss: change })], instruments: change })),
);
const headers = fc.record(
  {
    authorization: fc.constantFrom(
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
      'Bearer',
      'Basic %%%',
      'Digest x',
      'Basic Og==',
    ),
    'content-type': fc.constantFrom(
      'application/json',
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
      'x',
      '',
    ),
    accept: fc.constantFrom('*/*', 'text/html', 'q=;;,,'),
    origin: fc.constantFrom('null', 'http://elsewhere', '::'),
    'if-none-match': fc.constantFrom('*', '""', 'x'),
    range: fc.constantFrom('bytes=0-', 'bytes=9-1', 'x'),
    'accept-encoding': fc.constantFrom('gzip', 'br;q=x'),
    'x-forwarded-host': fc.constantFrom('elsewhere'),
  },
  { requiredKeys: [] },
);

test(
  'whatever is sent, the answer comes in time, is never the fault of the gateway and shows no stack',
  { timeout: 120_000 },
  async () => {
    const seed = Number(process.env['FC_SEED'] ?? Date.now() % 1_000_000);
    await fc.assert(
      fc.asyncProperty(anything, async ({ method, at, asked, content, said }) => {
        await listMarket(gateway().redis); // plans are judged, and not only put off
        const { status, text, type } = await send({ method, path: `${at}${asked}`, body: content, headers: said });

        const mayNotChange = !Object.hasOwn(said, 'authorization') && !/^(GET|HEAD|OPTIONS)$/.test(method);
        const hasBody = status >= 400 && type.includes('json') && method !== 'HEAD';
        expect({ status, text }).toEqual({ status: expect.toSatisfy(mayNotChange ? isRefused : isAnswered), text });
        expect(text.includes('swagger') ? '' : text).not.toMatch(/\n\s+at |node_modules|node:internal|\.ts:\d+/);
        expect(hasBody ? JSON.parse(text) : { error: '' }).toHaveProperty('error');
      }),
      { seed, numRuns: RUNS, endOnFailure: true },
    );
  },
);

const anything = fc.record({
  method: fc.constantFrom(...METHODS),
  at: path,
  asked: query,
  content: body,
  said: headers,
});

const isAnswered = (status: number): boolean => status >= 200 && status < 500;
const isRefused = (status: number): boolean => [400, 401, 404].includes(status);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

/** Sends the path as it is: `fetch` would tidy it up first. Rejects when no answer comes within 5 s. */
function send({
  method,
  path: raw,
  body: content,
  headers: said,
}: Sent): Promise<{ status: number; text: string; type: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string; type: string }>();
  const { port } = new URL(gateway().url);
  const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
  const sending = request(
    { host: '127.0.0.1', port, method, path: raw, headers: { ...said, ...length }, timeout: 5_000 },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, type: response.headers['content-type'] ?? '' }),
      );
    },
  );
  sending.on('timeout', () => sending.destroy(new Error(`no answer to ${method} ${raw} within 5 s`)));
  sending.on('error', reject);
  sending.end(content);
  return promise;
}
