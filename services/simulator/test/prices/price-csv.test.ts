import { describe, expect, test } from 'vitest';
import { readPriceCsv } from '../../src/prices/price-csv.ts';
import { SYMBOL } from '../market.ts';

describe('a file that is not right', () => {
  test('is refused with each of its lines that is wrong', () => {
    const read = readPriceCsv(
      ['time,price,size', '1,100,', 'x,100', '5,-1', '4,', '3,100,y', '', '0,100'].join('\n'),
      SYMBOL,
    );
    expect(read.faults).toEqual([
      'line 3: time "x" is not a time in milliseconds',
      'line 3: is not after the line before it',
      'line 4: price "-1" is not a price',
      'line 5: price "" is not a price',
      'line 6: size "y" is not an amount',
      'line 8: is not after the line before it',
    ]);
  });

  test.each([
    ['', 'line 1: names neither start,open,high,low,close[,volume] nor time,price[,size]'],
    ['1,2,3,4,5', 'line 1: names neither start,open,high,low,close[,volume] nor time,price[,size]'],
    ['time,price\n', 'line 2: there are no prices'],
    ['start,open,high,low,close\n1,2,1,1,1', 'line 2: high is below open or close'],
    ['start,open,high,low,close\n1,2,3,3,2', 'line 2: low is above open or close'],
    ['start,open,high,low,close\n1,2,2,2,2\n1,2,2,2,2', 'line 3: is not after the line before it'],
  ])('%j', (text, fault) => {
    expect(readPriceCsv(text, SYMBOL).faults).toEqual([fault]);
  });

  test('needs a symbol from somewhere', () => {
    expect(readPriceCsv('time,price\n1,2', undefined).faults).toEqual(['line 1: names no symbol']);
    expect(readPriceCsv('time,symbol,price\n1,btc,2', undefined).faults).toEqual([
      'line 2: symbol "btc" is not a symbol in capitals',
    ]);
  });

  test('with faults on every line names the first hundred and counts the rest', () => {
    const { faults } = readPriceCsv(['time,price', ...Array<string>(150).fill('x,1')].join('\n'), SYMBOL);
    expect(faults).toHaveLength(101);
    expect(faults?.at(-1)).toBe('and 50 more faults');
  });
});
