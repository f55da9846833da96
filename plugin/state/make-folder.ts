/** Folders of the server's own. */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder where there is nothing, with its parents. Not by `recursive`, which never returns where
 * the system answers ENOENT although the parent is there, as in /proc (seen on Node 20 to 26).
 *
 * @throws a system error
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}
