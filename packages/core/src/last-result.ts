/**
 * Remembers per object what was made of it last, and makes it anew when an input differs (by ===, so decimals by their value). For what
 * depends on nothing but the object, which never changes, and the inputs: then nobody can tell that it was remembered. An object that is
 * gone is forgotten with what was made of it.
 */
export function lastResult<V>(): (object: object, inputs: readonly unknown[], make: () => V) => V {
  const results = new WeakMap<object, { readonly inputs: readonly unknown[]; readonly value: V }>();
  return (object, inputs, make) => {
    const known = results.get(object);
    if (known !== undefined && areEqual(known.inputs, inputs)) return known.value;
    const value = make();
    results.set(object, { inputs, value });
    return value;
  };
}

function areEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((input, index) => input === b[index]);
}
