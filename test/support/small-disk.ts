/** A small file system of the test's own, which it can fill and make read-only. Root only. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Why there can be none here; false where there can. */
export const whyNoSmallDisk =
  process.getuid?.() === 0 ? false : 'not root: no file system can be mounted'

/** @param size as mount(8) has it @returns where it is */
export function smallDisk(t: Pick<TestContext, 'after'>, size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-disk-'))
  const unmount = mountSmallDisk(size, folder)
  t.after(() => {
    unmount()
    rmdirSync(folder)
  })
  return folder
}

/** In a folder that is there. @returns what takes it away */
export function mountSmallDisk(size: string, folder: string): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  return () => execFileSync('umount', ['-l', folder])
}

/** Fills it but for so many bytes. @returns what gives the room back */
export function fill(folder: string, leave = 0): () => void {
  const { bavail, bsize } = statfsSync(folder)
  const path = join(folder, 'filler')
  writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - leave)))
  return () => rmSync(path)
}

/** @param how options of mount(8), such as `ro` or `size=32m` */
export function remount(folder: string, how: string): void {
  execFileSync('mount', ['-o', `remount,${how}`, folder])
}
