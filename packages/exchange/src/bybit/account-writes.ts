import { type EndpointClass, type Exchange, ExchangeError, type WriteOptions, type WriteReply } from '@backstop/core';
import type { RestClientV5 } from 'bybit-api';
import { acknowledged, eachAcknowledged } from './acknowledgement.ts';
import { amendBody, cancelBody, createBody, stopBody } from './bodies.ts';
import { send } from './send.ts';
import type { Wire } from './wire.ts';

type AccountWrites = Pick<Exchange, 'createOrders' | 'amendOrders' | 'cancelOrders' | 'setStop'>;

/** One kind of write: alone, and several in one request, which have separate budgets (reference B.4). */
interface Verb<Spec> {
  readonly endpoint: EndpointClass;
  readonly batchEndpoint: EndpointClass;
  readonly one: (sdk: RestClientV5, spec: Spec) => Promise<unknown>;
  readonly several: (sdk: RestClientV5, specs: readonly Spec[]) => Promise<unknown>;
}

const MAX_BATCH = 20;

/**
 * The four writes that Backstop makes; mode, leverage and everything "all" are left alone (S-28). They never reject: a
 * request that fails as a whole gives each item its error. Of all reasons only `unknown` may hide an effect.
 */
export function accountWrites(wire: Wire): AccountWrites {
  return {
    createOrders: (orders, options) =>
      write(wire, orders, options, {
        endpoint: 'order-create',
        batchEndpoint: 'order-create-batch',
        one: (sdk, order) => sdk.submitOrder({ category: 'linear', ...createBody(order) }),
        several: (sdk, specs) => sdk.batchSubmitOrders('linear', specs.map(createBody)),
      }),
    amendOrders: (orders, options) =>
      write(wire, orders, options, {
        endpoint: 'order-amend',
        batchEndpoint: 'order-amend-batch',
        one: (sdk, order) => sdk.amendOrder({ category: 'linear', ...amendBody(order) }),
        several: (sdk, specs) => sdk.batchAmendOrders('linear', specs.map(amendBody)),
      }),
    cancelOrders: (orders, options) =>
      write(wire, orders, options, {
        endpoint: 'order-cancel',
        batchEndpoint: 'order-cancel-batch',
        one: (sdk, order) => sdk.cancelOrder({ category: 'linear', ...cancelBody(order) }),
        several: (sdk, specs) => sdk.batchCancelOrders('linear', specs.map(cancelBody)),
      }),
    setStop: async (stop, options) => {
      try {
        const call = (sdk: RestClientV5): Promise<unknown> => sdk.setTradingStop(stopBody(stop));
        await send(wire, { endpoint: 'trading-stop', effect: 'write', cost: 1, call, ...options });
        return { ok: true, orderId: '' }; // the reply names no order (reference C.16)
      } catch (error) {
        return failed(error);
      }
    },
  };
}

async function write<Spec>(
  wire: Wire,
  specs: readonly Spec[],
  options: WriteOptions,
  verb: Verb<Spec>,
): Promise<readonly WriteReply[]> {
  const [first] = specs;
  if (first === undefined) return [];
  if (specs.length > MAX_BATCH) return specs.map(() => tooMany(specs.length));

  const cost = specs.length;
  try {
    if (cost === 1) {
      const call = (sdk: RestClientV5): Promise<unknown> => verb.one(sdk, first);
      return [acknowledged(await send(wire, { endpoint: verb.endpoint, effect: 'write', cost, call, ...options }))];
    }
    const call = (sdk: RestClientV5): Promise<unknown> => verb.several(sdk, specs);
    const reply = await send(wire, { endpoint: verb.batchEndpoint, effect: 'write', cost, call, ...options });
    return eachAcknowledged(reply, cost, wire);
  } catch (error) {
    return specs.map(() => failed(error));
  }
}

function tooMany(count: number): WriteReply {
  return {
    ok: false,
    error: new ExchangeError('not-sent', `not sent: ${count} in one batch, ${MAX_BATCH} are allowed`),
  };
}

/** `send` rejects with ExchangeError only; anything else is a fault of ours after which nothing is certain. */
function failed(error: unknown): WriteReply {
  if (error instanceof ExchangeError) return { ok: false, error };
  return { ok: false, error: new ExchangeError('unknown', 'an internal fault around a write') };
}
