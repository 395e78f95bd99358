/** What a client sent; ids keep the type they came in (reference D.2). */
export interface IncomingFrame {
  readonly op: string;
  readonly reqId: string | number | undefined;
  readonly args: readonly unknown[];
  /** The whole object, for trade requests. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a frame; a text that says what is wrong for one that is no JSON object. Wrong types of a field count as absent. */
export function readFrame(text: string): IncomingFrame | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `Failed to decode incoming data:${error instanceof Error ? error.message : 'invalid'}`;
  }
  if (!isObject(value)) return 'Failed to decode incoming data:not an object';
  const { op, args, req_id: streamId, reqId: tradeId } = value;
  const id = streamId ?? tradeId;
  return {
    op: typeof op === 'string' ? op : '',
    reqId: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    args: Array.isArray(args) ? args : [],
    fields: value,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
