const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** One character per byte, by its lowest five bits: even bytes give even characters. */
export function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length] ?? 'a').join('');
}
