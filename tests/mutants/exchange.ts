import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** What the exchange is asked and what its answers mean, got wrong. */
export const EXCHANGE: readonly Mutant[] = [
  ...mutantsOf('packages/exchange/src/bybit/failure.ts', testsOf('exchange', 'failure', 'send'), [
    ['the reason of 110017 is unknown', 'S-14', "  [110017, 'no-capacity'],\n", ''],
    ['an order that is gone is a refusal', 'F-03', "  [110001, 'unknown-order'],\n", ''],
    ['34040 is a refusal like others', 'S-03', "  [34040, 'not-modified'],\n", ''],
    [
      'a write that the service gave up did not happen',
      'S-25',
      "return effect === 'write' ? 'unknown' : 'unavailable';",
      "return 'unavailable';",
    ],
    ['10006 is a refusal of the order', 'F-24', "  [10006, 'rate-limited'],\n", ''],
    ['an id that is known is a refusal', 'S-25', "  [110072, 'duplicate-link-id'],\n", ''],
    [
      'a level that the market has passed is a refusal like others',
      'S-09',
      "  [/base_price|trigger_price/i, 'through-market'],\n",
      '',
    ],
    ['a 5xx to a write is a refusal', 'S-25', 'status >= 500 || status === 408', 'status === 408'],
    [
      'a connection that was never made hides an effect',
      'S-25',
      "  if (isUnconnected(code)) return new ExchangeError('unavailable', `could not connect: ${code}`);\n",
      '',
    ],
    ['the address is asked again a second after 403', 'F-41', '  [403, ADDRESS_BLOCKED_MS],\n  [429', '  [429'],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/bodies.ts', testsOf('exchange', 'attached-stop', 'writes'), [
    ['a create forgets reduceOnly', 'F-21', '    reduceOnly: order.reduceOnly,', '    reduceOnly: false,'],
    ['a create forgets its position index', 'S-26', '    positionIdx: order.positionIdx,\n', ''],
    ['a stop forgets its position index', 'S-26', '    positionIdx,\n  };', '    positionIdx: 0,\n  };'],
    [
      'an attached stop is Partial',
      'S-01',
      "stopLoss: format(stopLoss), tpslMode: 'Full' }",
      "stopLoss: format(stopLoss), tpslMode: 'Partial' }",
    ],
    ['a stop forgets its trigger source', 'S-04', '    slTriggerBy: triggerBy,\n', ''],
    ['an exit forgets closeOnTrigger', 'S-14', '    closeOnTrigger: order.closeOnTrigger,\n', ''],
    ['a create forgets its id', 'S-24', '    orderLinkId: order.orderLinkId,\n', ''],
    [
      'an amend forgets the stop of an entry',
      'S-02',
      '    ...(stopLoss !== undefined && { stopLoss: format(stopLoss) }),\n    ...(slTriggerBy !== undefined && { slTriggerBy }),\n  };\n}\n\nexport',
      '    ...(slTriggerBy !== undefined && { slTriggerBy }),\n  };\n}\n\nexport',
    ],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/listing.ts', testsOf('exchange', 'endless-listing', 'listings'), [
    [
      'the first page is the whole listing',
      'F-34',
      "if (found.length < limit || cursor === '')",
      'if (found.length <= limit)',
    ],
    [
      'a row that moved between two pages is kept as read first',
      'INVARIANT 16',
      'for (const row of found) rows.set(idOf(row), row);',
      'for (const row of found) if (!rows.has(idOf(row))) rows.set(idOf(row), row);',
    ],
    [
      'a listing that cannot be read is empty',
      'F-34',
      'if (!parsed.success) throw malformed(name, parsed.error, result);',
      "if (!parsed.success) return { rows: [], cursor: '' };",
    ],
    [
      'a listing that never ends is taken for whole',
      'F-34',
      "throw new ExchangeError('rejected', `a listing did not end after ${MAX_PAGES} pages`);",
      'return [...rows.values()];',
    ],
    [
      'a broken listing goes on for ever',
      'F-34',
      'count < MAX_PAGES; count += 1',
      'count < MAX_PAGES; count += 0',
      { mayHang: true },
    ],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/account-writes.ts', testsOf('exchange', 'writes'), [
    [
      '34040 on a stop is taken for success by the client',
      'S-03',
      'if (error instanceof ExchangeError) return { ok: false, error };',
      "if (error instanceof ExchangeError) return error.reason === 'not-modified' ? { ok: true, orderId: '' } : { ok: false, error };",
    ],
    [
      'a batch is paid for as one call',
      'INVARIANT 26',
      'const cost = specs.length;',
      'const cost = Math.min(specs.length, 1);',
    ],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/acknowledgement.ts', testsOf('exchange', 'writes'), [
    [
      'an acknowledgement that names no order is taken for success',
      'S-25',
      "return { ok: false, error: new ExchangeError('unknown', 'the acknowledgement names no order') };",
      "return { ok: true, orderId: '' };",
    ],
    ['one refusal of a batch is passed over', 'F-23', 'if (code === 0) return', 'if (code >= 0) return'],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/send.ts', testsOf('exchange', 'arrivals', 'send'), [
    [
      'a request whose reply never comes is not told to have arrived',
      'INVARIANT 26',
      "if (outcome !== 'not-sent') departure?.arrived();",
      "if (outcome !== 'not-sent' && error === undefined) departure?.arrived();",
    ],
    [
      'a request that was never signed is told to have arrived',
      'INVARIANT 26',
      "if (outcome !== 'not-sent') departure?.arrived();",
      'departure?.arrived();',
    ],
  ]),
  ...mutantsOf('packages/exchange/src/bybit/transmit.ts', testsOf('exchange', 'send'), [
    ['a write is stamped for as long as a read', 'S-32', 'write: 2_000, read', 'write: 5_000, read'],
    ['an intent is stored after the signature', 'S-29', '    await request.beforeSend?.();\n', ''],
    [
      'a write that was aborted on its way did not happen',
      'S-25',
      "effect === 'write' ? 'unknown' : 'not-sent'",
      "'not-sent'",
    ],
  ]),
];
