import { expect, test } from 'vitest';
import { maxActiveMs, streamPath } from '../../src/streams/stream-path.ts';

test.each([
  ['30s', 30_000],
  ['600s', 600_000],
  ['1m', 60_000],
  ['10m', 600_000],
  ['29s', undefined],
  ['601s', undefined],
  ['11m', undefined],
  ['0m', undefined],
  ['60', undefined],
  ['1h', undefined],
  ['-60s', undefined],
  ['', undefined],
  [null, undefined],
])('max_active_time=%s is %s ms', (text, ms) => {
  expect(maxActiveMs(text)).toBe(ms);
});

test('each stream has its path, and nothing else is a stream', () => {
  expect(streamPath('/v5/private')).toMatchObject({ kind: 'private', path: 'private' });
  expect(streamPath('/v5/trade')).toMatchObject({ kind: 'trade', path: 'trade' });
  expect(streamPath('/v5/public/inverse')).toMatchObject({ kind: 'public', path: 'public/inverse' });
  for (const path of ['', '/', '/v5/public', '/v5/public/', '/v5/public/futures', '/v5/PRIVATE', '/v5/constructor']) {
    expect(streamPath(path)).toBeUndefined();
  }
});
