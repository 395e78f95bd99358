import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { operatorTokenText } from '@backstop/runtime';

/** What lets its bearer change state through the gateway of a run. */
export interface OperatorToken extends AsyncDisposable {
  readonly token: string;
  /** Readable by its owner only, gone with the run; undefined = the token was given, and is in no file. */
  readonly file: string | undefined;
}

/** BACKSTOP_OPERATOR_TOKEN, else a new one for this run, kept in its state folder. */
export async function operatorToken(stateDir: string, env: NodeJS.ProcessEnv): Promise<OperatorToken> {
  const given = givenToken(env);
  if (given !== undefined) {
    return { token: given, file: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const token = randomBytes(24).toString('base64url');
  const file = path.join(stateDir, 'operator-token');
  await rm(file, { force: true });
  await writeFile(file, token, { mode: 0o600 });
  return { token, file, [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

/** What is wrong with a token that is given. */
export function operatorTokenFaults(env: NodeJS.ProcessEnv): readonly string[] {
  const result = operatorTokenText.optional().safeParse(givenToken(env));
  return result.success ? [] : result.error.issues.map(({ message }) => `BACKSTOP_OPERATOR_TOKEN: ${message}`);
}

function givenToken(env: NodeJS.ProcessEnv): string | undefined {
  const given = env['BACKSTOP_OPERATOR_TOKEN'];
  return given === '' ? undefined : given;
}
