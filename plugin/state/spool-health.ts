/**
 * What the shim's spool holds, told by the names of its files (their format: shim/spool-dir.ts): is
 * there something that this server has not been given yet?
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SpoolHealth } from '../../generated/types.ts'
import { checkFolder } from './open-file.ts'

const NAME = /^\d{12}-(\d{16})-\d+\.(?:event|gap)$/

/** @returns undefined where there is no spool in the state folder, or it may not be looked into */
export function spoolHealth(stateDir: string): SpoolHealth | undefined {
  let names: string[]
  try {
    checkFolder(join(stateDir, 'spool'))
    names = readdirSync(join(stateDir, 'spool'))
  } catch {
    return undefined
  }
  const times = names.flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number)
  return {
    waiting: times.length,
    ...(times.length === 0 ? {} : { oldest_at: Math.min(...times) }),
  }
}
