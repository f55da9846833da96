/** A folder of the test's own; removed after it. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Where a sync takes no time, if there is such a place. */
export const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export function temporaryFolder(
  t: Pick<TestContext, 'after'>,
  prefix = 'sysmon-',
  place = tmpdir()
): string {
  const folder = mkdtempSync(join(place, prefix))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
