/** A process with a seat of its own, which stands still between the grants of its orders and their departure until it is told. */
import { once } from 'node:events';
import type { RequestHooks } from '@backstop/core';
import { openLog } from '@backstop/runtime';
import { openQueues, type MonitorRef } from '@backstop/store';
import { openSeat } from './seat.ts';
import type { Setup, ToSeat } from './stopped-process.ts';

const { redisUrl, venue, renews } = JSON.parse(process.argv[2] ?? '') as Setup;
const resources = new AsyncDisposableStack();
const queues = openQueues(redisUrl);
resources.defer(() => queues.close());
const log = openLog({ service: 'test', level: 'silent' });
/** How often orders were about to be sent, and whether they wait for a word. */
const state = { grants: 0, isHeld: false };

const around = (hooks: RequestHooks): RequestHooks => ({
  ...hooks,
  admit: async (endpoint, cost, signal) => {
    const departure = await hooks.admit(endpoint, cost, signal);
    if (endpoint === 'order-create') {
      state.grants += 1;
      process.send?.('granted');
      if (state.isHeld) await once(process, 'message');
    }
    return renews ? departure : undefined;
  },
});
const seat = await openSeat({ redisUrl, venue, queues, log, around }, resources);

process.on('message', (message: ToSeat) => {
  if (message === 'go on') state.isHeld = false;
  else void check(message);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function check(request: { readonly ref: MonitorRef; readonly isHeld: boolean }): Promise<void> {
  state.isHeld = request.isHeld;
  const { grants } = state;
  do await seat.check(request.ref, 'limit-order');
  while (request.isHeld && state.grants === grants);
  process.send?.('checked');
}
