import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Frame } from './socket.ts';

const frame = z.record(z.string(), z.unknown());

/** The frames of a real capture under test/fixtures, oldest first. */
export function capture(name: string): readonly Frame[] {
  const file = new URL(`../fixtures/captures/${name}.json`, import.meta.url);
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return z.array(frame).parse(Array.isArray(content) ? content : [content]);
}

/** A row without what no two exchanges have in common: ids, times and sequence numbers. */
export function facts(row: object): Record<string, unknown> {
  const own = /^(orderId|orderLinkId|execId|seq|createdTime|updatedTime|execTime)$/;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !own.test(name)));
}

/** The JSON type of each field, and the value where it says "none". */
export function kinds(row: object): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, kindOf(value)]));
}

function kindOf(value: unknown): string {
  if (value === '' || value === 'UNKNOWN') return `none ${JSON.stringify(value)}`;
  return Array.isArray(value) ? 'array' : typeof value;
}
