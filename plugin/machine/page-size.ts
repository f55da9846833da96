/** The page size of this machine, from the auxiliary vector (getauxval(3), AT_PAGESZ). */

import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'

const AT_NULL = 0
const AT_PAGESZ = 6

/** KiB; undefined where /proc is not mounted. */
export function machinePageSizeKb(): number | undefined {
  let vector: Buffer
  try {
    vector = readFileSync('/proc/self/auxv')
  } catch {
    return undefined
  }
  // Node runs on 64-bit Linux with few exceptions; on 32-bit ARM the vector has 32-bit words.
  const word = process.arch === 'arm' || process.arch === 'ia32' ? 4 : 8
  const read = (at: number): number => {
    if (word === 4) return endianness() === 'LE' ? vector.readUInt32LE(at) : vector.readUInt32BE(at)
    return Number(endianness() === 'LE' ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at))
  }
  for (let at = 0; at + 2 * word <= vector.length; at += 2 * word) {
    const type = read(at)
    if (type === AT_PAGESZ) return read(at + word) / 1024
    if (type === AT_NULL) break
  }
  return undefined
}
