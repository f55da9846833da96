/** Spools that tests open, one run after the other, and what comes out of them. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PublishEventRequest } from '../../generated/types.ts'
import { createLog } from '../../shim/own-log.ts'
import { gapRequest } from '../../shim/requests.ts'
import { Spool } from '../../shim/spool.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import type { SpoolLimits } from '../../shim/spool-limits.ts'

export const now = Date.now() * 1000
export const event = (name: string, ts = now): PublishEventRequest => ({ type: name, ts })

export const openDirs = new Map<string, SpoolDir>()

/** The spool of the next run: that of the last one has ended with it. */
export function open(stateDir: string, limits: Partial<SpoolLimits> = {}) {
  const lines: string[] = []
  const errors: (string | undefined)[] = []
  openDirs.get(stateDir)?.close()
  const dir = new SpoolDir(stateDir)
  openDirs.set(stateDir, dir)
  const spool = new Spool({
    dir,
    log: createLog('info', line => lines.push(line)),
    describeLoss: (loss, serial) => gapRequest(loss, { instance: 'run', serial }, loss.to),
    onError: error => errors.push(error),
    limits,
  })
  return { spool, dir, logged: () => lines.join(''), error: () => errors.at(-1) }
}

/** Delivers all. @returns the types, and the losses */
export function drain(spool: Spool) {
  const types: string[] = []
  const losses: { lost: number; reason: string; from: number; to: number }[] = []
  for (let body = spool.take(); body !== undefined; body = spool.take()) {
    const request = JSON.parse(body)
    types.push(request.type)
    if (request.type === 'telemetry_gap') losses.push(request.data)
    spool.remove()
  }
  return { types, losses }
}

export const files = (stateDir: string) =>
  readdirSync(join(stateDir, 'spool')).filter(name => /\.(event|gap)$/.test(name))
