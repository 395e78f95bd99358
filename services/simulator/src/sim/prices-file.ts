import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { inputFaults } from './input-faults.ts';
import { pricesBody } from './prices-body.ts';
import type { PricesSpec } from '../prices/prices-spec.ts';

/** A price source from a file, or each fault of it. */
export type PricesFile =
  | { readonly spec: PricesSpec }
  | { readonly spec?: undefined; readonly faults: readonly string[] };

/**
 * Reads `--prices FILE`: a body of /sim/prices as JSON when its name ends in .json, otherwise a CSV to play again, of the
 * symbol that the name begins with ("BTCUSDT-60.csv") unless it has a column for it. `speed` replaces that of a JSON file.
 */
export function readPricesFile(file: string, speed: number | undefined): PricesFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { faults: [`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const body = file.endsWith('.json') ? jsonOf(text) : { source: 'replay', csv: text, ...symbolOf(file) };
  if (typeof body !== 'object' || body === null) return { faults: [`${file}: is not a JSON object`] };
  const parsed = pricesBody.safeParse(speed === undefined ? body : { ...body, speed });
  if (parsed.success) return { spec: parsed.data };
  const faults = inputFaults(parsed.error);
  return { faults: faults.map(({ path, message }) => `${file}: ${path === 'csv' ? '' : `${path}: `}${message}`) };
}

function symbolOf(file: string): { symbol?: string } {
  const symbol = /^[A-Z0-9]{2,30}(?=[-_.])/.exec(basename(file))?.[0];
  return symbol === undefined ? {} : { symbol };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
