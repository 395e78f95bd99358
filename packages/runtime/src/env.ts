import type { z } from 'zod';
import { ConfigError } from './config-error.ts';

/**
 * Reads the environment through a schema whose keys are the variables' names. An empty variable counts as unset.
 * Throws one ConfigError that names every faulty variable; values are never repeated, since they may be secrets.
 */
export function readEnv<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;

  const faults = result.error.issues.map((issue) => {
    const name = issue.path.map(String).join('.');
    return name in given ? `${name}: ${issue.message}` : `${name}: not set`;
  });
  throw new ConfigError('the environment is not usable', faults);
}
