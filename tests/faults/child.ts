/** One process of a fault run: plays the days that it is sent, one after the other, and sends back what came of each. */
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { makeDay } from './day.ts';
import type { DayResult } from './day-result.ts';
import { runDay } from './run-day.ts';
import { CONTROLS } from './variants.ts';

/** A day to play; `control` names a variant, `onServer` = on a real Redis instead of the twin. */
export interface Order {
  readonly seed: number;
  readonly fault: string;
  readonly control?: string;
  readonly onServer?: boolean;
  /** Through the SDK's HTTP library, whichever day it is. */
  readonly throughSdk?: boolean;
}

export type Answer = { readonly result: DayResult } | { readonly crash: string };

const rejections: string[] = [];
process.on('unhandledRejection', (error) => {
  rejections.push(textOf(error));
});
process.on('message', (order: Order) => void answer(order));
process.on('disconnect', () => process.exit()); // nobody waits for what it plays

let server: Promise<TestRedis> | undefined;

async function answer({ seed, fault, control, onServer = false, throughSdk }: Order): Promise<void> {
  rejections.length = 0;
  try {
    const variant = CONTROLS[control ?? ''];
    const real = onServer ? (await (server ??= startRedis())).redis : undefined;
    const ways = { ...(variant && { variant }), ...(real && { real }), ...(throughSdk === true && { throughSdk }) };
    const result = await runDay(makeDay(seed, fault), ways);
    const [crash] = rejections;
    send(crash === undefined ? { result } : { crash: `unhandled: ${crash}` });
  } catch (error) {
    send({ crash: textOf(error) });
  }
}

function send(given: Answer): void {
  process.send?.(given);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
