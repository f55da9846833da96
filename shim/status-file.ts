/**
 * `shim-status` in the state folder: what this process cannot do, for the server's `GET /healthz`.
 *
 * One JSON object, written anew when something has changed. Its fields are those of the schema
 * SpoolHealth that say what is wrong; absent while nothing is. A second shim in one state folder has
 * a file of its own, as it has a spool (spool-folder.ts).
 */

import { join } from 'node:path'
import type { SpoolHealth } from '../generated/types.ts'
import { fs } from './built-ins.ts'
import { removeFile, replaceFile } from './files.ts'
import type { Log } from './own-log.ts'
import { slotName } from './spool-folder.ts'

export type ShimStatus = Pick<SpoolHealth, 'error' | 'delivery_error' | 'cause_error'>

export class StatusFile {
  readonly #stateDir: string
  readonly #spool: { readonly slot: number | undefined }
  readonly #log: Log
  #status: ShimStatus = {}
  #written: { readonly path: string; readonly json: string } | undefined

  /** @param spool tells which of the shims of this folder it is */
  constructor(stateDir: string, spool: { readonly slot: number | undefined }, log: Log) {
    this.#stateDir = stateDir
    this.#spool = spool
    this.#log = log
  }

  /** Never throws. @param problem undefined when it is over */
  set(field: keyof ShimStatus, problem: string | undefined): void {
    this.#status = { ...this.#status, [field]: problem }
    this.write()
  }

  /** Never throws. Without a problem it is written, too: an earlier shim may have left one. */
  write(): void {
    const path = join(this.#stateDir, slotName('shim-status', this.#spool.slot ?? 1))
    const json = JSON.stringify(this.#status)
    if (this.#written?.path === path && this.#written.json === json) return
    try {
      fs.closeSync(replaceFile(path, `${path}.${process.pid}.unfinished`, `${json}\n`))
      if (this.#written !== undefined && this.#written.path !== path) removeFile(this.#written.path)
      this.#written = { path, json }
    } catch (error) {
      this.#log.debug({ err: (error as Error).message, file: path }, 'the status cannot be written')
    }
  }

  /** Of a shim that has ended, nothing is known. Never throws. */
  remove(): void {
    if (this.#written !== undefined) removeFile(this.#written.path)
  }
}
