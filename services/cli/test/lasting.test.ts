import type { Anomaly } from '@backstop/store';
import { expect, test } from 'vitest';
import { lasting } from '../src/lasting.ts';

function anomaly(name: string, monitorId: string | undefined = 'aaaaaaaaaaaa', detail = ''): Anomaly {
  return { name, account: 'main', ...(monitorId !== undefined && { monitorId }), detail, backstop: undefined };
}

const stop = anomaly('StopMissing');
const unknown = anomaly('FactsUnknown');

test('what stands in two looks is an anomaly, as the second one saw it', () => {
  expect(lasting([anomaly('StopMissing', 'aaaaaaaaaaaa', 'then')], [stop])).toEqual([stop]);
});

test('what came or went between two looks is being put right', () => {
  expect(lasting([stop], [])).toEqual([]);
  expect(lasting([], [stop])).toEqual([]);
  expect(lasting([stop], [anomaly('StopTooSmall'), anomaly('StopMissing', 'bbbbbbbbbbbb')])).toEqual([]);
});

test('F-34 a look that knew nothing of a monitor does not speak for it: the other one counts', () => {
  expect(lasting([unknown], [stop])).toEqual([stop]);
  expect(lasting([stop], [unknown])).toEqual([stop]);
  expect(lasting([unknown], [unknown])).toEqual([unknown]);
  expect(lasting([anomaly('FactsUnknown', 'bbbbbbbbbbbb')], [stop])).toEqual([]);
});

test('an account that was not read hides what is about the account, and nothing about its monitors', () => {
  const [unread, position] = [anomaly('AccountUnread', ''), anomaly('PositionWithoutMonitor', '')].map(
    ({ monitorId: _none, ...rest }) => rest,
  );
  if (unread === undefined || position === undefined) throw new Error('two were made');
  expect(lasting([unread], [position])).toEqual([position]);
  expect(lasting([unread], [stop])).toEqual([]);
});
