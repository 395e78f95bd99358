import { operatorTokenText, processConfig } from '@backstop/runtime';
import { z } from 'zod';

/** The gateway's environment. */
export const gatewayConfig = processConfig.extend({
  /** Where the API listens: this machine alone unless it says otherwise. */
  BACKSTOP_GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 = any free port. */
  BACKSTOP_GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  /** Whoever has it may change state. Without it nobody may, through this gateway. */
  BACKSTOP_OPERATOR_TOKEN: operatorTokenText.optional(),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
