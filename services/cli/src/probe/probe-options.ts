import { BYBIT_VENUES } from '@backstop/exchange';
import { ConfigError } from '@backstop/runtime';
import { z } from 'zod';

const ANSWERED_BY = `expected ${BYBIT_VENUES.demo}, or a simulator at http://127.0.0.1:PORT`;

const schema = z.strictObject({
  url: z.string().refine(isHarmless, ANSWERED_BY),
  symbol: z.string().regex(/^[A-Z0-9]{2,30}$/, 'expected a symbol such as XRPUSDT'),
  only: z.string().optional(),
});

/** Keys of a demo account, and where to ask. */
export interface ProbeOptions {
  readonly url: string;
  readonly symbol: string;
  /** Part of a question's name; `undefined` = all questions. */
  readonly only: string | undefined;
  readonly apiKey: string;
  readonly secret: string;
}

export const PROBE_DEFAULTS = { url: BYBIT_VENUES.demo, symbol: 'XRPUSDT' } as const;

/**
 * Reads flags and environment. Throws one ConfigError with every fault: keys that are missing, or an address that is
 * neither the demo exchange nor a simulator on this machine. Nothing has been sent by then.
 */
export function readProbeOptions(given: unknown, env: NodeJS.ProcessEnv): ProbeOptions {
  const apiKey = env['BACKSTOP_DEMO_KEY'] ?? '';
  const secret = env['BACKSTOP_DEMO_SECRET'] ?? '';
  const result = schema.safeParse(given);
  const faults = [
    ...(result.error?.issues ?? []).map(({ path, message }) => `--${path.join('.')}: ${message}`),
    ...(apiKey === '' ? ['BACKSTOP_DEMO_KEY: is not set; a key made on the main site in Demo mode'] : []),
    ...(secret === '' ? ['BACKSTOP_DEMO_SECRET: is not set'] : []),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError('nothing was asked', faults);
  return { ...result.data, only: result.data.only, apiKey, secret };
}

/** The demo exchange, or this machine: no other address may ever see an order of a probe. */
function isHarmless(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname, username, password } = new URL(text);
  const isPlain = username === '' && password === '';
  return isPlain && (origin === BYBIT_VENUES.demo || (protocol === 'http:' && hostname === '127.0.0.1'));
}
