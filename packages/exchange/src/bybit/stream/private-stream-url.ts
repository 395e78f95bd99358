const PATH = '/v5/private';

/**
 * The address of the private stream that belongs to a REST address: of the same environment at the exchange (reference D.1),
 * of the same host for a simulator. Throws TypeError for what is no address.
 */
export function privateStreamUrl(restBaseUrl: string): string {
  const { protocol, hostname, host } = new URL(restBaseUrl);
  if (protocol === 'http:') return `ws://${host}${PATH}`;
  return `wss://${isOfExchange(hostname) ? host.replace(/^api/, 'stream') : host}${PATH}`;
}

/** Every REST host of the family is `api.` or `api-`, and its streams are on `stream.` or `stream-` (reference A.1). */
function isOfExchange(hostname: string): boolean {
  return /^api[.-]/.test(hostname);
}
