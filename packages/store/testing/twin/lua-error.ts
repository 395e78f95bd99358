/** An error that Lua itself would raise while a script runs. */
export class LuaError extends Error {
  override readonly name = 'LuaError';
}
