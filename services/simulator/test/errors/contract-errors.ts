import type { Exchange } from '../exchange-client.ts';
import { create, options, resting, status } from './provocation.ts';
import type { Provocation, Refused } from './provocation.ts';

/** What a contract refuses because of its state, its price band or its least value (reference A.5). */
export const CONTRACT_ERRORS: readonly Provocation[] = [
  {
    code: 110003,
    when: 'the price is beyond what the contract allows',
    text: 'Order price exceeds the allowable range.',
    provoke: (venue) => resting(venue, { side: 'Sell', price: '99999999' }),
  },
  {
    code: 110023,
    when: 'the contract only takes closing orders',
    text: 'The contract is in reduce-only mode, only closing orders are accepted',
    provoke: (venue) => createUnder(venue, 'ReduceOnly'),
  },
  {
    code: 110063,
    when: 'the contract is being settled',
    text: 'Settlement is in progress, please try again later',
    provoke: (venue) => createUnder(venue, 'Settling'),
  },
  {
    code: 110074,
    when: 'the contract is closed',
    text: 'This contract is not live',
    provoke: (venue) => createUnder(venue, 'Closed'),
  },
  {
    code: 110094,
    when: 'the order is worth less than the least',
    text: 'Order does not meet minimum order value 5USDT',
    provoke: (venue) => resting(venue, { price: '1' }),
  },
  {
    code: 110120,
    when: 'a sell lies below the band, on an account that wants a refusal',
    text: 'Order price is below the price limit',
    provoke: async (venue) => {
      await options(venue, { limitBeyondBand: 'refuse' });
      return resting(venue, { side: 'Sell', price: '80' });
    },
  },
  {
    code: 110121,
    when: 'a buy lies above the band, on an account that wants a refusal',
    text: 'Order price is above the price limit',
    provoke: async (venue) => {
      await options(venue, { limitBeyondBand: 'refuse' });
      return resting(venue, { price: '120' });
    },
  },
];

/** An order on a contract of that status. */
async function createUnder(venue: Exchange, name: string): Promise<Refused> {
  await status(venue, name);
  return create(venue);
}
