/** The state with these values, or the very state that came in where it has them already: then there is nothing to record. */
export function withChanges<S extends object>(state: S, changes: Partial<S>): S {
  for (const key in changes) if (state[key] !== changes[key]) return { ...state, ...changes };
  return state;
}
