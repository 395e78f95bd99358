import { order } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { authFrame, connect } from '../streams/socket.ts';
import type { Frame, Socket } from '../streams/socket.ts';
import { options, sim } from './provocation.ts';
import type { Provocation, Refused } from './provocation.ts';

async function signedIn<T>(venue: Exchange, use: (socket: Socket) => Promise<T>): Promise<T> {
  using socket = await connect(venue.url, '/v5/trade');
  await socket.ask(authFrame());
  return await use(socket);
}

/** Sends requests one after another; the answer to the last. */
async function answerTo(socket: Socket, reqIds: readonly string[], op = 'order.create'): Promise<Refused> {
  const seen = socket.frames.length;
  let answer: Frame = {};
  for (const [index, reqId] of reqIds.entries()) {
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
    socket.send({ reqId, op, header, args: [order({ orderType: 'Limit', price: '90' })] });
    await socket.until(() => socket.frames.length > seen + index);
    answer = socket.frames[seen + index] ?? {};
  }
  return { retCode: answer['retCode'], retMsg: answer['retMsg'] };
}

/** What only order entry over a socket answers (reference A.5). */
export const SOCKET_ERRORS: readonly Provocation[] = [
  {
    code: 10403,
    when: 'an address sends more than its share',
    text: 'Exceeded the IP rate limit of 3000 requests per second',
    config: { limits: 'real', clock: 'virtual' },
    provoke: async (venue) => {
      await options(venue, { streams: { tradePerAddress: 2 } });
      return signedIn(venue, (socket) => answerTo(socket, ['a', 'b', 'c']));
    },
  },
  {
    code: 10404,
    when: 'the operation is unknown',
    text: 'op order.dance is not found',
    provoke: (venue) => signedIn(venue, (socket) => answerTo(socket, ['a'], 'order.dance')),
  },
  {
    code: 10429,
    when: 'the exchange protects itself',
    text: 'System level frequency protection.',
    provoke: async (venue) => {
      await sim(venue, 'faults', { faults: [{ kind: 'refusal', retCode: 10429, endpoint: 'ws/order/create' }] });
      return signedIn(venue, (socket) => answerTo(socket, ['a']));
    },
  },
  {
    code: 10003,
    when: 'a UID has too many sessions',
    text: 'Too many sessions under the same UID',
    provoke: async (venue) => {
      await options(venue, { streams: { sessionsPerUid: 1 } });
      return signedIn(venue, async () => {
        using second = await connect(venue.url, '/v5/trade');
        const { retCode, retMsg } = await second.ask(authFrame());
        return { retCode, retMsg };
      });
    },
  },
  {
    code: 10016,
    when: 'the service fails',
    text: 'System error. Please try again later.',
    provoke: async (venue) => {
      await sim(venue, 'faults', { faults: [{ kind: 'server-error' }] });
      return signedIn(venue, (socket) => answerTo(socket, ['a']));
    },
  },
  {
    code: 10019,
    when: 'the service restarts',
    text: 'Service is restarting, please reconnect.',
    provoke: async (venue) => {
      await sim(venue, 'faults', { faults: [{ kind: 'restarting' }] });
      return signedIn(venue, (socket) => answerTo(socket, ['a']));
    },
  },
  {
    code: 20001,
    when: 'a socket authenticates twice',
    text: 'Repeated auth',
    provoke: (venue) =>
      signedIn(venue, async (socket) => {
        const { retCode, retMsg } = await socket.ask(authFrame());
        return { retCode, retMsg };
      }),
  },
  {
    code: 20003,
    when: 'a session sends too much',
    text: 'Too frequent requests under the same session',
    config: { limits: 'real', clock: 'virtual' },
    provoke: async (venue) => {
      await options(venue, { streams: { tradePerSession: 2 } });
      return signedIn(venue, (socket) => answerTo(socket, ['a', 'b', 'c']));
    },
  },
  {
    code: 20006,
    when: 'a reqId is used twice',
    text: 'Duplicate reqId',
    provoke: (venue) => signedIn(venue, (socket) => answerTo(socket, ['a', 'a'])),
  },
];
