interface Wanted<Entry, Row> {
  readonly most: number;
  /** What an entry stands for; `undefined` = nothing any more. */
  readonly rowOf: (entry: Entry) => Row | undefined;
  readonly isWanted: (row: Row) => boolean;
  /** Everything before this row is unwanted too. */
  readonly isPast?: ((row: Row) => boolean) | undefined;
}

/** The newest that are wanted, newest first, of entries that come oldest first; looks at none that is older than it has to. */
export function newest<Entry, Row>(
  entries: readonly Entry[],
  { most, rowOf, isWanted, isPast = () => false }: Wanted<Entry, Row>,
): readonly Row[] {
  const found: Row[] = [];
  for (let at = entries.length - 1; at >= 0 && found.length < most; at -= 1) {
    const entry = entries[at];
    const row = entry === undefined ? undefined : rowOf(entry);
    if (row === undefined) continue;
    if (isPast(row)) break;
    if (isWanted(row)) found.push(row);
  }
  return found;
}
