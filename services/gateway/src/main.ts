import { aborted, giveWay, readEnv, runService } from '@backstop/runtime';
import { gatewayConfig } from './config.ts';
import { openGateway } from './open-gateway.ts';

/** Pages are drawn when nobody's stop wants the CPU. */
const NICENESS = 5;

await runService('gateway', async (signal) => {
  const config = readEnv(gatewayConfig, process.env);
  giveWay(NICENESS);
  await using resources = new AsyncDisposableStack();

  const { log, url } = await openGateway(config, resources);
  log.info({ url, writes: config.BACKSTOP_OPERATOR_TOKEN !== undefined }, 'gateway ready');
  await aborted(signal);
  log.info('gateway draining');
});
