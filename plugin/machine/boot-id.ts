/** Which boot this is. */

import { readFileSync } from 'node:fs'

/** /proc/sys/kernel/random/boot_id: identifies this boot; undefined where /proc is not mounted. */
export function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}
