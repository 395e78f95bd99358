/** A stream of numbers in [0, 1) that depends on its seed alone. */
export type Random = () => number;

/** Mulberry32: small, fast, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The seed of the stream `name` under `seed` (FNV-1a), so that streams do not depend on each other's use. */
export function streamSeed(seed: number, name: string): number {
  let hash = (2_166_136_261 ^ seed) >>> 0;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash;
}

/** A draw from the standard normal distribution (Box-Muller). */
export function gaussian(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** An id of the form of a UUID: version 4, as the ids of orders, or 5, as those of trades and executions (captures). */
export function randomUuid(random: Random, version: 4 | 5 = 4): string {
  const [a, b, c, d] = [word(random), word(random), word(random), word(random)];
  const versioned = `${version}${b.slice(5)}`;
  const variant = `${'89ab'.charAt(Number.parseInt(c.charAt(0), 16) & 3)}${c.slice(1, 4)}`;
  return `${a}-${b.slice(0, 4)}-${versioned}-${variant}-${c.slice(4)}${d}`;
}

/** Eight hexadecimal digits from one draw. */
function word(random: Random): string {
  return Math.floor(random() * 4_294_967_296)
    .toString(16)
    .padStart(8, '0');
}
