import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLog, tellDetails, type LogLevel } from '../src/index.ts';

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  let text = '';
  write(openLog({ service: 'worker-1', level: 'debug', to: { write: (line: string) => void (text += line) } }));
  return text;
}

test('a line is JSON with level, service, fields and a constant message', () => {
  const line: unknown = JSON.parse(logged((log) => log.info({ monitorId: 'm1' }, 'monitor decided')));
  expect(line).toMatchObject({ level: 'info', service: 'worker-1', monitorId: 'm1', msg: 'monitor decided' });
});

test.each([
  { secret: 'hunter2' },
  { account: { apiKey: 'hunter2', secret: 'hunter2' } },
  { request: { options: { secret: 'hunter2' } } },
  { config: { accounts: { main: { apiKey: 'hunter2' } } } },
  { request: { headers: { 'X-BAPI-SIGN': 'hunter2', 'X-BAPI-API-KEY': 'hunter2' } } },
  { query: { sign: 'hunter2', api_key: 'hunter2' } },
])('secrets are blotted out wherever they stand: %j', (fields) => {
  const text = logged((log) => log.info(fields, 'request sent'));
  expect(text).toContain('[redacted]');
  expect(text).not.toContain('hunter2');
});

test('no field beside a secret is lost, and the secret is, down to four levels', () => {
  const name = fc.constantFrom('account', 'request', 'options', 'config');
  fc.assert(
    fc.property(fc.array(name, { maxLength: 3 }), fc.constantFrom('secret', 'apiKey', 'sign'), (path, key) => {
      const fields = path.reduceRight<object>((inner, step) => ({ [step]: inner }), { [key]: 'hunter2', kept: 'here' });
      const text = logged((log) => log.info(fields, 'request sent'));
      expect(text).toContain('here');
      expect(text).not.toContain('hunter2');
    }),
  );
});

test('of an error only what is known to be harmless is written', () => {
  const error = Object.assign(
    new Error('timed out', { cause: Object.assign(new Error('reset'), { key: 'hunter2' }) }),
    {
      reason: 'unknown',
      code: 10000,
      requestOptions: { nested: { deeply: { in: { it: { secret: 'hunter2' } } } } },
    },
  );
  const text = logged((log) => log.error({ err: error }, 'request failed'));
  expect(JSON.parse(text)).toMatchObject({
    err: { message: 'timed out', reason: 'unknown', code: 10000, cause: { message: 'reset' } },
  });
  expect(text).not.toContain('hunter2');
});

/** What two details come to at a level, and how often their fields were made. */
function detailsAt(level: LogLevel): { readonly made: number; readonly lines: readonly string[] } {
  const lines: string[] = [];
  let made = 0;
  const log = openLog({ service: 'stream-1', level, to: { write: (line) => void lines.push(line) } });
  tellDetails(log, 'row received', () => {
    made += 1;
    return [{ seq: 1 }, { seq: 2 }];
  });
  return { made, lines };
}

test('details are a line each where level debug is on, and elsewhere are not even made', () => {
  const { made, lines } = detailsAt('debug');
  expect(made).toBe(1);
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 'debug', seq: 1, msg: 'row received' },
    { level: 'debug', seq: 2, msg: 'row received' },
  ]);
  expect(detailsAt('info')).toEqual({ made: 0, lines: [] });
});

test('a log that has no level for details tells none', () => {
  expect(() => tellDetails({}, 'row received', neverMade)).not.toThrow();
});

function neverMade(): never {
  throw new Error('nobody has asked for it');
}
