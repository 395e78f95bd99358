/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The envelope of reference A.3, compact, HTTP 200 for refusals too. */
export function envelope(
  nowMs: number,
  answer: { retCode?: number; retMsg?: string; result?: unknown; retExtInfo?: unknown },
): Reply {
  const { retCode = 0, retMsg = 'OK', result = {}, retExtInfo = {} } = answer;
  return jsonReply(200, { retCode, retMsg, result, retExtInfo, time: nowMs });
}

export function jsonReply(status: number, body: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

export function textReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
