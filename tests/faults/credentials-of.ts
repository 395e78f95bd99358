export interface Credentials {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** The keys of a day's account. */
export function credentialsOf(name: string): Credentials {
  return { name, apiKey: `key-${name}`, secret: `secret-${name}` };
}
