/**
 * V8's flags of `sysmon serve`: a server that is idle nearly always, beside browsers, on a machine that
 * runs out of memory. Set before its modules are loaded. What V8 takes at its own start only is set by
 * who starts it: deploy/image/bin/start-sysmon.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const FLAGS = [
  // Else the nursery grows to 16 MB while the modules load, and the heap by 40 before it is collected.
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // Of three compilers TurboFan is enough, and what is never called is not compiled.
  '--no-maglev',
  '--no-sparkplug',
  '--max-lazy',
  // The HTTP parser of fetch is WebAssembly: to optimise it takes 25 MB for a moment.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
  // For idle-memory.ts.
  '--expose-gc',
]
/** Those that older versions complain of. */
const FLAGS_SINCE_24 = [
  // Else buffers that nobody needs any more wait for a collection that they do not hasten.
  '--external-memory-accounted-in-global-limit',
]

export function setServerFlags(): void {
  const major = Number.parseInt(process.versions.node, 10)
  for (const flag of major >= 24 ? [...FLAGS, ...FLAGS_SINCE_24] : FLAGS) setFlagsFromString(flag)
  globalThis.gc ??= runInNewContext('gc') as NodeJS.GCFunction
}
