import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './api-error.ts';

/** Who may change state. */
export interface OperatorGate {
  readonly isOperator: (headers: IncomingHttpHeaders) => boolean;
  /** Throws ApiError, 401 or 403, for a request that would change something and may not. */
  readonly admit: (request: { readonly method: string; readonly headers: IncomingHttpHeaders }) => void;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whatever is not a read needs the token: `Authorization: Bearer <token>`, or Basic with the token as the password, which is
 * what a browser can be asked for. A page of another site may not send one in the user's name.
 */
export function operatorGate(token: string | undefined): OperatorGate {
  const isOperator = (headers: IncomingHttpHeaders): boolean => {
    const given = tokenIn(headers.authorization);
    return token !== undefined && given !== undefined && isSame(given, token);
  };
  return {
    isOperator,
    admit: ({ method, headers }) => {
      if (READS.has(method)) return;
      if (token === undefined)
        throw new ApiError(403, 'this gateway was started without BACKSTOP_OPERATOR_TOKEN: it changes nothing');
      if (!isOperator(headers))
        throw new ApiError(401, 'the operator token is needed: Authorization: Bearer <BACKSTOP_OPERATOR_TOKEN>');
      if (isForeign(headers)) throw new ApiError(403, 'a page of another site may not change anything here');
    },
  };
}

function tokenIn(authorization = ''): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** Hashes have one length, so that comparing takes one time. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function isForeign({ origin, host = '' }: IncomingHttpHeaders): boolean {
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
