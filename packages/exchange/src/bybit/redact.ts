export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
}

const SIGNATURE = /[0-9a-f]{64}/gi;
const LONGEST_TEXT = 400;

/**
 * Takes key, secret and anything of a signature's form out of a text of the exchange, and bounds its length. Needed because
 * the exchange itself repeats the key in some errors (10004 quotes the signed string, reference A.5).
 */
export function redact(text: string, credentials: Credentials | undefined): string {
  let clean = text;
  if (credentials !== undefined) {
    for (const hidden of [credentials.secret, credentials.apiKey]) {
      if (hidden !== '') clean = clean.replaceAll(hidden, '***').replaceAll(encodeURIComponent(hidden), '***');
    }
  }
  return clean.replaceAll(SIGNATURE, '***').slice(0, LONGEST_TEXT);
}
