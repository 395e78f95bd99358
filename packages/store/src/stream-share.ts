import { createHash } from 'node:crypto';

/**
 * The accounts that are a process's own among those that live, by rendezvous hash: each account belongs to the owner that ranks
 * highest for it. Who joins takes only what is now its own, who leaves leaves only that, and nobody else's share moves.
 */
export function streamShare(owner: string, owners: readonly string[], accounts: readonly string[]): readonly string[] {
  return accounts.filter((account) => ownerOf(account, owners) === owner);
}

function ownerOf(account: string, owners: readonly string[]): string | undefined {
  const ranked = owners.map((owner) => ({ owner, rank: rankOf(owner, account) }));
  return ranked.toSorted((a, b) => (a.rank < b.rank ? 1 : -1))[0]?.owner;
}

/** Stable over processes and versions. Names may hold anything, so their lengths tell them apart. */
function rankOf(owner: string, account: string): string {
  return createHash('sha1').update(`${owner.length}:${owner}:${account}`).digest('hex');
}
