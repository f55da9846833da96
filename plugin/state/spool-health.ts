/**
 * What the shim's spool holds, told by the names of its files (their format: shim/spool-dir.ts), and
 * what the shim says that it cannot do (shim/status-file.ts): is there something that this server has
 * not been given yet, and why?
 *
 * Of two supervisords on one state folder the second one's shim has a spool and a status of its own,
 * `spool-2` and `shim-status-2`, and so on (shim/spool-folder.ts).
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SpoolHealth } from '../../generated/types.ts'
import { checkFolder, readFile } from './open-file.ts'

const SPOOL = /^spool(?:-\d)?$/
const STATUS = /^shim-status(?:-\d)?$/
const EVENT = /^\d{12}-(\d{16})-\d+\.(?:event|gap)$/
const MAX_PROBLEM_LENGTH = 1000

/** @returns undefined where there is no shim's file in the state folder, or none may be looked into */
export function spoolHealth(stateDir: string): SpoolHealth | undefined {
  const names = namesIn(stateDir) ?? []
  const spools = names
    .filter(name => SPOOL.test(name))
    .flatMap(name => eventTimes(join(stateDir, name)) ?? [])
  const statuses = names
    .filter(name => STATUS.test(name))
    .flatMap(name => readStatus(join(stateDir, name)) ?? [])
  if (spools.length === 0 && statuses.length === 0) return undefined
  const times = spools.flatMap(({ times }) => times)
  const problem = (field: Problem) =>
    statuses.map(status => status[field]).find(text => text !== undefined)
  return {
    waiting: times.length,
    oldest_at: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    error: problem('error'),
    delivery_error: problem('delivery_error'),
    cause_error: problem('cause_error'),
  }
}

type Problem = 'error' | 'delivery_error' | 'cause_error'

function eventTimes(spool: string): { times: number[] } | undefined {
  try {
    checkFolder(spool)
  } catch {
    return undefined
  }
  const times = namesIn(spool)?.flatMap(name => EVENT.exec(name)?.[1] ?? [])
  return times && { times: times.map(Number) }
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

/** @returns undefined for what is no status */
function readStatus(path: string): Partial<Record<Problem, string>> | undefined {
  try {
    const status: unknown = JSON.parse(readFile(path).toString())
    if (typeof status !== 'object' || status === null) return undefined
    const said = (field: Problem) => {
      const text: unknown = (status as Record<string, unknown>)[field]
      return typeof text === 'string' ? text.slice(0, MAX_PROBLEM_LENGTH) : undefined
    }
    return {
      error: said('error'),
      delivery_error: said('delivery_error'),
      cause_error: said('cause_error'),
    }
  } catch {
    return undefined
  }
}
