import { expect, test } from 'vitest';
import { openExchanges } from '../src/index.ts';
import { free, watched } from './connect.ts';
import { CREDENTIALS, ok, WireServer } from './wire-server.ts';

test('the accounts of a process share a pool, and an account without credentials is refused', async () => {
  const sockets = new Set<unknown>();
  await using server = await WireServer.start(({ socket }) => {
    sockets.add(socket);
    return ok({ list: [] });
  });
  const accounts = ['main', 'mirror'].map((name) => ({ name, ...CREDENTIALS }));
  const hooks = { main: watched(), mirror: watched() };
  const hooksOf = (account: string): typeof hooks.main => (account === 'main' ? hooks.main : hooks.mirror);
  const exchanges = openExchanges({ accounts, baseUrl: server.url, maxSockets: 2, hooksOf });

  await exchanges.of('main').positions({}, free());
  await exchanges.of('mirror').positions({}, free());
  expect(sockets.size).toBe(1);
  expect([hooks.main.reports[0]?.account, hooks.mirror.reports[0]?.account]).toEqual(['main', 'mirror']);
  expect(() => exchanges.of('other')).toThrow(RangeError);

  exchanges[Symbol.dispose]();
  await expect(exchanges.of('main').positions({}, free())).rejects.toMatchObject({ reason: 'not-sent' });
});
