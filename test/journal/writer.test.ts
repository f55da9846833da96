/** The file that is being written, by itself. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SegmentWriter } from '../../plugin/journal/writer.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('closed twice is closed once: its descriptor may be another file’s by then', async t => {
  const folder = temporaryFolder(t)
  const of = (name: string) =>
    new SegmentWriter(folder, { name, firstSeq: 1, firstN: 1, isTrusted: false, bytes: 0 }, true)
  const first = of('first')
  first.append(Buffer.from('a\n'))
  await first.close()
  const second = of('second')
  await first.close()
  second.append(Buffer.from('b\n'))
  await second.close()
  assert.equal(readFileSync(join(folder, 'first'), 'utf8'), 'a\n')
  assert.equal(readFileSync(join(folder, 'second'), 'utf8'), 'b\n')
})
