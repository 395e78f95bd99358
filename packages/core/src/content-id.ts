const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 12;
const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = (1n << 64n) - 1n;

/**
 * 12 characters of base32 that follow from a text (FNV-1a over its UTF-16 units): the form of a plan's id (S-24), the same in
 * every process. Not for texts that somebody might choose in order to collide.
 */
export function contentId(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * PRIME) & MASK;
  }
  return Array.from({ length: LENGTH }, (_, place) => ALPHABET[Number((hash >> BigInt(5 * place)) & 31n)] ?? 'a').join(
    '',
  );
}
