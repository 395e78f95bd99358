import { max, min, parseDecimal } from '../engine/decimal.ts';
import type { Decimal } from '../engine/decimal.ts';

const MOST_FAULTS = 100;

export interface KlineLine {
  readonly kind: 'kline';
  readonly line: number;
  readonly atMs: number;
  readonly symbol: string;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal | undefined;
}

interface TradeLine {
  readonly kind: 'trade';
  readonly line: number;
  readonly atMs: number;
  readonly symbol: string;
  readonly price: Decimal;
  readonly size: Decimal | undefined;
}

export type PriceLine = KlineLine | TradeLine;

/** What a CSV of prices holds, or each of its faults with the number of its line. */
export type PriceCsv =
  | { readonly lines: readonly PriceLine[]; readonly faults?: undefined }
  | { readonly faults: readonly string[] };

/**
 * Reads `start,open,high,low,close[,volume]` or `time,price[,size]`, oldest first, times in milliseconds. The first line
 * names the columns, in any order; a column `symbol` says whose price it is, `symbol` the same for files without one;
 * other columns are passed over.
 */
export function readPriceCsv(text: string, symbol: string | undefined): PriceCsv {
  const [header = '', ...rows] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = header.split(',').map((name) => name.trim().toLowerCase());
  const kind = kindOf(columns);
  if (kind === undefined) {
    return { faults: ['line 1: names neither start,open,high,low,close[,volume] nor time,price[,size]'] };
  }
  if (symbol === undefined && !columns.includes('symbol')) return { faults: ['line 1: names no symbol'] };
  const { lines, faults } = readRows(rows, { columns, kind, symbol });
  if (faults.length === 0 && lines.length === 0) return { faults: ['line 2: there are no prices'] };
  if (faults.length === 0) return { lines };
  const rest = faults.length - MOST_FAULTS;
  return { faults: rest > 0 ? [...faults.slice(0, MOST_FAULTS), `and ${rest} more faults`] : faults };
}

interface Layout {
  readonly columns: readonly string[];
  readonly kind: 'kline' | 'trade';
  readonly symbol: string | undefined;
}

function readRows(rows: readonly string[], layout: Layout): { lines: readonly PriceLine[]; faults: readonly string[] } {
  const faults: string[] = [];
  const lines: PriceLine[] = [];
  const latest = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    if (row.trim() === '') continue;
    const fields = new Fields(layout.columns, row, index + 2);
    const read = readLine(fields, layout);
    const beforeMs = latest.get(read.symbol) ?? -1;
    if (read.atMs < beforeMs || (read.kind === 'kline' && read.atMs === beforeMs)) {
      fields.fault('is not after the line before it');
    }
    faults.push(...fields.faults);
    if (fields.faults.length > 0) continue;
    latest.set(read.symbol, read.atMs);
    lines.push(read);
  }
  return { lines, faults };
}

function kindOf(columns: readonly string[]): 'kline' | 'trade' | undefined {
  if (['start', 'open', 'high', 'low', 'close'].every((name) => columns.includes(name))) return 'kline';
  return ['time', 'price'].every((name) => columns.includes(name)) ? 'trade' : undefined;
}

function readLine(fields: Fields, { kind, symbol }: Layout): PriceLine {
  const at = { line: fields.line, symbol: symbol ?? fields.symbol() };
  if (kind === 'trade') {
    return { kind, ...at, atMs: fields.time('time'), price: fields.price('price'), size: fields.amount('size') };
  }
  const [open, high, low, close] = [
    fields.price('open'),
    fields.price('high'),
    fields.price('low'),
    fields.price('close'),
  ];
  const isWhole = open > 0n && high > 0n && low > 0n && close > 0n;
  if (isWhole && high < max(open, close)) fields.fault('high is below open or close');
  if (isWhole && low > min(open, close)) fields.fault('low is above open or close');
  return { kind, ...at, atMs: fields.time('start'), open, high, low, close, volume: fields.amount('volume') };
}

/** The fields of one line; a bad one is noted and read as nothing. */
class Fields {
  readonly line: number;
  readonly faults: string[] = [];
  readonly #values: ReadonlyMap<string, string>;

  constructor(columns: readonly string[], row: string, line: number) {
    const texts = row.split(',').map((value) => value.trim());
    this.line = line;
    this.#values = new Map(columns.map((name, index) => [name, texts[index] ?? '']));
  }

  fault(text: string): void {
    this.faults.push(`line ${this.line}: ${text}`);
  }

  time(name: string): number {
    const text = this.#values.get(name) ?? '';
    if (/^\d{1,15}$/.test(text)) return Number(text);
    this.fault(`${name} "${text}" is not a time in milliseconds`);
    return 0;
  }

  price(name: string): Decimal {
    const text = this.#values.get(name) ?? '';
    const value = parseDecimal(text);
    if (value !== undefined && value > 0n) return value;
    this.fault(`${name} "${text}" is not a price`);
    return 0n;
  }

  amount(name: string): Decimal | undefined {
    const text = this.#values.get(name) ?? '';
    if (text === '') return undefined;
    const value = parseDecimal(text);
    if (value !== undefined && value >= 0n) return value;
    this.fault(`${name} "${text}" is not an amount`);
    return undefined;
  }

  symbol(): string {
    const text = this.#values.get('symbol') ?? '';
    if (!/^[A-Z0-9]{2,30}$/.test(text)) this.fault(`symbol "${text}" is not a symbol in capitals`);
    return text;
  }
}
