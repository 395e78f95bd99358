/** Orders texts as Redis and Lua do: by the bytes of their UTF-8. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return inUtf8(left) - inUtf8(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all that have one unit. */
function inUtf8(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
