import { expect } from 'vitest';
import { SYMBOL } from '../exchange-client.ts';
import { account, asOther, create, LINEAR, post, repeated, resting } from './provocation.ts';
import type { Provocation } from './provocation.ts';

/** What is refused before the engine sees it (reference A.2, A.5). */
export const GATE_ERRORS: readonly Provocation[] = [
  {
    code: 10001,
    when: 'a field is missing',
    text: expect.stringMatching(/^params error: .*side/),
    provoke: (venue) => create(venue, { side: undefined }),
  },
  {
    code: 10001,
    when: 'the body is no JSON',
    text: expect.stringMatching(/^params error: /),
    provoke: async (venue) => (await venue.post('order/create', {}, { rawBody: '{"category":' })).body,
  },
  {
    code: 10001,
    when: 'the category is unknown',
    text: 'params error: category invalid',
    provoke: (venue) => create(venue, { category: 'shares' }),
  },
  {
    code: 10001,
    when: 'a listing names neither a symbol nor a coin',
    text: 'Missing some parameters that must be filled in, symbol or settleCoin or baseCoin',
    provoke: async (venue) => (await venue.get('order/realtime', { category: 'linear' })).body,
  },
  {
    code: 10001,
    when: 'positions are asked for without a symbol or a coin',
    text: 'Missing some parameters that must be filled in, symbol or settleCoin',
    provoke: async (venue) => (await venue.get('position/list', { category: 'linear' })).body,
  },
  {
    code: 10001,
    when: 'the symbol is unknown',
    text: 'Not supported symbols',
    provoke: (venue) => create(venue, { symbol: 'NOUSDT' }),
  },
  {
    code: 10001,
    when: 'a cursor is made up',
    text: 'params error: cursor invalid',
    provoke: async (venue) => (await venue.get('order/realtime', { ...LINEAR, cursor: 'made-up' })).body,
  },
  {
    code: 10001,
    when: 'a time range is longer than seven days',
    text: 'The time range between startTime and endTime is limited to 7 days',
    provoke: async (venue) =>
      (await venue.get('execution/list', { ...LINEAR, startTime: '1', endTime: '604800002' })).body,
  },
  {
    code: 10002,
    when: 'the timestamp is older than the window',
    text: expect.stringMatching(
      /^invalid request, please check your server timestamp or recv_window param\. req_timestamp\[\d+\],server_timestamp\[\d+\],recv_window\[5000\]$/,
    ),
    provoke: async (venue) => (await venue.get('account/info', {}, { aheadMs: -5_100 })).body,
  },
  {
    code: 10003,
    when: 'the key is unknown',
    text: 'API key is invalid.',
    provoke: async (venue) => (await venue.get('account/info', {}, { key: 'nobody' })).body,
  },
  {
    code: 10004,
    when: 'the signature is made with another secret',
    text: expect.stringMatching(/^error sign! origin_string\[\d{13}main-key5000symbol=TESTUSDT\]$/),
    provoke: async (venue) => (await venue.get('account/info', { symbol: SYMBOL }, { secret: 'x' })).body,
  },
  {
    code: 10005,
    when: 'the key may only read',
    text: 'Permission denied, please check your API key permissions.',
    provoke: async (venue) => {
      await account(venue, { readOnly: true });
      return asOther(venue, 'order/cancel-all', {});
    },
  },
  {
    code: 10005,
    when: 'the key may order but not touch positions',
    text: 'Permission denied, please check your API key permissions.',
    provoke: async (venue) => {
      await account(venue, { permissions: ['Order'] });
      return asOther(venue, 'position/trading-stop', { tpslMode: 'Full', positionIdx: 0, stopLoss: '90' });
    },
  },
  {
    code: 10006,
    when: 'an eleventh order comes within a second',
    text: 'Too many visits. Exceeded the API Rate Limit.',
    config: { limits: 'real', clock: 'virtual' },
    provoke: (venue) => repeated(11, () => resting(venue)),
  },
  {
    code: 10010,
    when: 'the key is bound to another address',
    text: "Unmatched IP, please check your API key's bound IP addresses.",
    provoke: async (venue) => {
      await account(venue, { ips: ['192.0.2.1'] });
      return asOther(venue, 'order/cancel-all', {});
    },
  },
  {
    code: 10017,
    when: 'the path is unknown (with HTTP 404)',
    text: 'Route not found.',
    provoke: (venue) => post(venue, 'order/dance', {}),
  },
  {
    code: 10029,
    when: 'the key may not trade the symbol',
    text: 'The requested symbol is not in the symbol whitelist of this API key.',
    provoke: async (venue) => {
      await account(venue, { symbols: ['BTCUSDT'] });
      return asOther(venue, 'order/cancel-all', {});
    },
  },
  {
    code: 33004,
    when: 'the key has expired',
    text: 'Your api key has expired.',
    provoke: async (venue) => {
      await account(venue, { expiresAt: 1_700_000_000_000 });
      return asOther(venue, 'order/cancel-all', {});
    },
  },
];
