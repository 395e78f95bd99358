/** What the simulator answers under /sim. Throws an Error with its text when it refuses. */
export async function call(method, path, body) {
  const answer = await fetch(`/sim/${path}`, {
    method,
    cache: 'no-store',
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const reply = await answer.json();
  if (answer.ok) return reply;
  const faults = (reply.faults ?? []).map(({ path: at, message }) => `${at} ${message}`);
  throw new Error([reply.error, ...faults].join(': '));
}

/** Sends the newest price of each symbol only: a drag makes more of them than the wire has to carry. */
export function priceSender(onDone) {
  const waiting = new Map();
  let busy = false;
  const next = async () => {
    const [entry] = waiting;
    if (busy || entry === undefined) return;
    const [symbol, price] = entry;
    waiting.delete(symbol);
    busy = true;
    await call('POST', 'price', { symbol, price }).then(onDone, onDone);
    busy = false;
    await next();
  };
  return (symbol, price) => {
    waiting.set(symbol, price);
    void next();
  };
}

/** A price on the symbol's tick, as text with the tick's digits; never below one tick. */
export function onTick(price, tickSize) {
  const tick = Number(tickSize);
  const places = tickSize.split('.')[1]?.length ?? 0;
  return (Math.max(1, Math.round(price / tick)) * tick).toFixed(places);
}
