import { decimal } from '@backstop/core';
import { peekCheck, type MonitorRef } from '@backstop/store';
import { expect } from 'vitest';
import type { DeskRig } from './desk-rig.ts';
import type { Seat } from './seat.ts';
import { openLegs, openPosition } from './truth.ts';

/** How long something that the monitors do by themselves may take. */
export const SOON = { timeout: 15_000, interval: 50 } as const;

/** What a position must look like on the exchange: which of our orders work, and where its stop stands. */
export interface Protected {
  readonly legs: readonly string[];
  readonly stop?: string;
}

/** Lets seats work until a position stands as it should, and the monitor has seen its stop. */
export async function protect(rig: DeskRig, seats: readonly Seat[], ref: MonitorRef, wanted: Protected): Promise<void> {
  rig.work(seats);
  await untilProtected(rig, ref, wanted);
  await rig.rest();
}

export async function untilProtected(rig: DeskRig, ref: MonitorRef, { legs, stop = '90' }: Protected): Promise<void> {
  await expect.poll(async () => openLegs(await rig.venue.truth(), ref), SOON).toEqual(legs);
  await expect.poll(async () => openPosition(await rig.venue.truth(), ref)?.stopLoss, SOON).toBe(stop);
  await expect
    .poll(async () => (await peekCheck(rig.redis, ref)).states['tp-sl'].state?.confirmedStop, SOON)
    .toBe(decimal(stop));
}
