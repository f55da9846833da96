/**
 * Node's fs and http, without the price of importing them: an `import` of a built-in module reads
 * all its exports, those too that are made only when they are read. http's `WebSocket` (since Node
 * 22) loads undici and compiles WebAssembly, 6 MB that nothing here uses; `fs.promises` is another
 * 0.5 MB. https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */

export const fs: typeof import('node:fs') = process.getBuiltinModule('node:fs')

/** Loaded with its first use, which is after READY: an eighth of the start. */
export function http(): typeof import('node:http') {
  return process.getBuiltinModule('node:http')
}
