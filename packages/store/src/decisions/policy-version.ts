import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

let known: string | undefined;

/** Names the rules that this process decides by: twelve hex digits of a hash over the sources of the core. */
export function policyVersion(): string {
  known ??= hashSources(path.dirname(createRequire(import.meta.url).resolve('@backstop/core')));
  return known;
}

function hashSources(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  for (const file of files.toSorted()) hash.update(`${file}\n`).update(readFileSync(path.join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
