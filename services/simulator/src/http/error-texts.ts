/**
 * The texts of the codes that the gate, faults and rare states answer with. What the reference has seen in the wild is
 * word for word (A.5); the others are the meaning that the exchange documents for the code.
 */
const TEXTS: Readonly<Record<number, string>> = {
  429: 'The trading service is experiencing a high server load. Please retry if you encounter this issue.',
  10000: 'Server Timeout',
  10003: 'API key is invalid.',
  10005: 'Permission denied, please check your API key permissions.',
  10006: 'Too many visits. Exceeded the API Rate Limit.',
  10007: 'User authentication failed.',
  10008: 'User has been banned.',
  10009: 'IP has been banned.',
  10010: "Unmatched IP, please check your API key's bound IP addresses.",
  10014: 'Invalid duplicate request.',
  10016: 'System error. Please try again later.',
  10017: 'Route not found.',
  10018: 'Exceeded the IP Rate Limit.',
  10019: 'Service is restarting, please reconnect.',
  10024: 'Compliance rules triggered.',
  10027: 'Transactions are banned.',
  10028: 'The API can only be accessed by unified account users.',
  10029: 'The requested symbol is not in the symbol whitelist of this API key.',
  10429: 'System level frequency protection.',
  33004: 'Your api key has expired.',
  40004: 'The order is modified during the process of replacing, please check the order status again.',
  110001: 'order not exists or too late to cancel',
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

/** The text that belongs to a retCode; a plain one for codes that are not listed. */
export function textOfCode(retCode: number): string {
  return TEXTS[retCode] ?? `Error ${retCode}`;
}
