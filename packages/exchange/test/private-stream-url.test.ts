import { expect, test } from 'vitest';
import { BYBIT_VENUES, privateStreamUrl } from '../src/index.ts';

test.each([
  [BYBIT_VENUES.mainnet, 'wss://stream.bybit.com/v5/private'],
  [BYBIT_VENUES.testnet, 'wss://stream-testnet.bybit.com/v5/private'],
  [BYBIT_VENUES.demo, 'wss://stream-demo.bybit.com/v5/private'],
  ['https://api.bybit.kz', 'wss://stream.bybit.kz/v5/private'],
  ['http://127.0.0.1:8123/', 'ws://127.0.0.1:8123/v5/private'],
  ['https://simulator:8443', 'wss://simulator:8443/v5/private'],
])('the private stream of %s is at %s', (restBaseUrl, url) => {
  expect(privateStreamUrl(restBaseUrl)).toBe(url);
});

test('what is no address has no stream', () => {
  expect(() => privateStreamUrl('the exchange')).toThrow(TypeError);
});
