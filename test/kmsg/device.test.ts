/** What is in the place of the kernel log's device, without a kernel log. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKmsg } from '../../plugin/kmsg/device.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('what is not the device is refused as often as it is tried, and not kept open', t => {
  const path = join(temporaryFolder(t), 'kmsg')
  writeFileSync(path, '6,1,1,-;no device\n')
  const before = openDescriptors()
  for (let n = 0; n < 20; n++) {
    assert.throws(() => openKmsg(path, false), /is not the kernel log device.*--device/)
  }
  assert.equal(openDescriptors(), before)
})
