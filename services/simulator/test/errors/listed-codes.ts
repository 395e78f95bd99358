/** Every code of the exchange's error tables that reference A.5 lists, in its order. */
export const LISTED_CODES: readonly number[] = [
  429, 10000, 10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008, 10009, 10010, 10014, 10016, 10017, 10018, 10024,
  10027, 10028, 10029, 33004, -2015, 40004, 110001, 110003, 110004, 110012, 110044, 110045, 110005, 110006, 110007,
  110008, 110009, 110010, 110011, 110046, 110040, 110013, 110086, 110090, 110017, 110018, 110019, 110020, 110021,
  110022, 110023, 110042, 110024, 110028, 110025, 110026, 110027, 110029, 110030, 110032, 110034, 110043, 110049,
  110057, 110058, 110059, 110060, 110061, 110063, 110064, 110066, 110072, 110073, 110074, 110079, 110092, 110093,
  110094, 110095, 110096, 110097, 110098, 110099, 110100, 110103, 110118, 110120, 110121, 110124, 170131, 170141,
  170213, 170810, 34040, 34036, 10403, 10404, 10429, 10019, 20001, 20003, 20006,
]; // prettier-ignore

/** Codes of states that no request can bring about here; a `refusal` fault answers with them, word for word as below. */
export const CODES_BY_FAULT: Readonly<Record<number, string>> = {
  429: 'The trading service is experiencing a high server load. Please retry if you encounter this issue.',
  10000: 'Server Timeout',
  10007: 'User authentication failed.',
  10008: 'User has been banned.',
  10009: 'IP has been banned.',
  10014: 'Invalid duplicate request.',
  10024: 'Compliance rules triggered.',
  10027: 'Transactions are banned.',
  10028: 'The API can only be accessed by unified account users.',
  40004: 'The order is modified during the process of replacing, please check the order status again.',
  110018: 'User ID is illegal.',
  110019: 'Order ID is illegal.',
  110021: 'Not allowed to exceed position limits due to Open Interest.',
  110032: 'Illegal order.',
  110034: 'there is no net position',
  110040: 'The order will trigger a forced liquidation, please re-submit the order.',
  110042: 'The contract is in pre-delivery, position opening is not allowed.',
  110045: 'Wallet balance is insufficient.',
  110046: 'Liquidation will be triggered immediately by this adjustment.',
  110049: 'Tick notes can only be numbers.',
  110066: 'Trading is currently not allowed.',
  110079: 'The order is processing and can not be operated, please try again later.',
  110118: 'The market order has no price due to low liquidity.',
  110124: 'You are in the cooling-off period, trading is not allowed.',
};

/** Codes that this exchange never answers with, and why. */
export const CODES_ABSENT: Readonly<Record<number, string>> = {
  [-2015]: 'the expired key of spot trading',
  10018: 'retired: HTTP 403 took its place (reference A.5, K)',
  34036: 'the older code of 110043',
  110030: 'retired: orderIds are given by the exchange',
  110095: 'pre-market trading and call auctions',
  110096: 'pre-market trading and call auctions',
  110097: 'pre-market trading and call auctions',
  110098: 'pre-market trading and call auctions',
  110099: 'pre-market trading and call auctions',
  110100: 'pre-market trading on the demo environment',
  110103: 'the post-only phase of call auctions',
  170131: 'spot: 110007 is its equivalent',
  170141: 'spot: 110072 is its equivalent',
  170213: 'spot: 110001 is its equivalent',
  170810: 'spot: 110020 is its equivalent',
};
