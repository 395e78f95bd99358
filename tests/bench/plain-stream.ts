/** A stream process whose wake-ups wait in the order of sweeps: without priority and without promotion. */
import { readEnv, runService, aborted } from '@backstop/runtime';
import type { Queues } from '@backstop/store';
import { streamConfig } from '@backstop/stream/config';
import { openStreams } from '@backstop/stream/open-streams';

await runService('stream', async (signal) => {
  const config = readEnv(streamConfig, process.env);
  await using resources = new AsyncDisposableStack();

  await openStreams(config, resources, inTurn);
  await aborted(signal);
});

function inTurn(queues: Queues): Pick<Queues, 'wake'> {
  return { wake: (ref, lane, _urgency, cause) => queues.wake(ref, lane, 'sweep', cause) };
}
