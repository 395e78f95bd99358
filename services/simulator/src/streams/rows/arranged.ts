/** The named fields of a row in this order; what the row does not have is left out. */
export function arranged(names: readonly string[], row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of names) if (name in row) result[name] = row[name];
  return result;
}
