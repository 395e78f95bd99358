/** The tiers whose limits on trading endpoints are higher (reference B.2). */
export const VIP_TIERS = [
  'No VIP',
  'VIP-1',
  'VIP-2',
  'VIP-3',
  'VIP-4',
  'VIP-5',
  'PRO-1',
  'PRO-2',
  'PRO-3',
  'PRO-4',
  'PRO-5',
  'PRO-6',
  'MM-1',
  'MM-2',
  'MM-3',
] as const;

export type VipTier = (typeof VIP_TIERS)[number];

/** What the key of an account may do (reference C.11). */
export interface ApiKey {
  readonly readOnly: boolean;
  /** The halves of contract trading that the key may use. */
  readonly permissions: readonly ('Order' | 'Position')[];
  /** Addresses that may use the key; none = all. */
  readonly ips: readonly string[];
  /** Symbols that the key may trade; none = all. */
  readonly symbols: readonly string[];
  /** Milliseconds; 0 = never. */
  readonly expiresAtMs: number;
  readonly vip: VipTier;
  /** PEM of the public key when requests are signed with RSA; "" = HMAC under the secret. */
  readonly rsaPublicKey: string;
}

/** A key with every permission, as most tests want it. */
export function openKey(): ApiKey {
  return {
    readOnly: false,
    permissions: ['Order', 'Position'],
    ips: [],
    symbols: [],
    expiresAtMs: 0,
    vip: 'No VIP',
    rsaPublicKey: '',
  };
}
