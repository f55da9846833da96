/** What stands in the place of a state file, and is refused with what to mend; and the folders around it. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkFolder, openFile, openFolder, readFile } from '../../plugin/state/open-file.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } = constants
const WAYS = { O_RDONLY, O_WRONLY: O_WRONLY | O_CREAT, O_RDWR: O_RDWR | O_CREAT }
const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const skip = isRoot ? false : 'not root: nothing can be given to another user'

const PLACED: Record<string, [words: RegExp, place: (path: string, t: TestContext) => unknown]> = {
  'a FIFO': [/is a FIFO: remove it/, path => execFileSync('mkfifo', [path])],
  'a socket': [
    /is a socket: remove it/,
    (path, t) =>
      new Promise<void>(resolve => {
        const server = createServer().listen(path, resolve)
        t.after(() => server.close())
      }),
  ],
  'a folder': [/is a folder: remove it/, path => mkdirSync(path)],
  'a link to a file': [
    /is a symbolic link: remove it/,
    path => {
      writeFileSync(`${path}.target`, 'theirs')
      symlinkSync(`${path}.target`, path)
    },
  ],
  'a link to nothing': [
    /is a symbolic link: remove it/,
    path => symlinkSync(`${path}.target`, path),
  ],
  ...(isRoot
    ? {
        'a device': [
          /is a device: remove it/,
          (path: string) => execFileSync('mknod', [path, 'c', '1', '5']),
        ],
        'a file of another user': [
          /belongs to user 65534: remove it/,
          (path: string) => {
            writeFileSync(path, 'theirs')
            chownSync(path, NOBODY, NOBODY)
          },
        ],
      }
    : {}),
}

for (const [what, [words, place]] of Object.entries(PLACED)) {
  test(`${what} is refused, however it is opened, at once`, async t => {
    const path = join(temporaryFolder(t), 'file')
    await place(path, t)
    const hadTarget = existsSync(`${path}.target`)
    const before = openDescriptors()
    for (const [way, flags] of Object.entries(WAYS)) {
      assert.throws(() => openFile(path, flags), words, way)
    }
    assert.throws(() => readFile(path), words)
    assert.equal(openDescriptors(), before)
    assert.equal(existsSync(`${path}.target`), hadTarget, 'nothing was made by a link')
  })
}

test('a plain file is opened, made for its owner only, and read', t => {
  const path = join(temporaryFolder(t), 'file')
  assert.throws(() => openFile(path, O_RDONLY), { code: 'ENOENT' })
  closeSync(openFile(path, O_WRONLY | O_CREAT))
  writeFileSync(path, 'text')
  linkSync(path, `${path}.other`)
  assert.equal(readFile(path).toString(), 'text')
})

test('a file with a second name is read, but not written: the other may be anybody’s', t => {
  const path = join(temporaryFolder(t), 'file')
  writeFileSync(`${path}.other`, 'theirs')
  linkSync(`${path}.other`, path)
  const before = openDescriptors()
  for (const flags of [O_WRONLY, O_WRONLY | O_CREAT, O_RDWR]) {
    assert.throws(() => openFile(path, flags), /is another file too \(a hard link\)/)
  }
  assert.equal(readFile(path).toString(), 'theirs')
  assert.equal(openDescriptors(), before)
})

test('a folder that is a link, or none, is refused', t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'real'))
  symlinkSync('real', join(folder, 'link'))
  writeFileSync(join(folder, 'file'), '')
  closeSync(openFolder(join(folder, 'real')))
  assert.throws(() => checkFolder(join(folder, 'link')), /is a symbolic link: remove it/)
  assert.throws(() => checkFolder(join(folder, 'file')), /is a file: remove it/)
  assert.throws(() => checkFolder(join(folder, 'none')), { code: 'ENOENT' })
})

test('a folder in which every user may write is refused, unless it is sticky', t => {
  const folder = temporaryFolder(t)
  const before = openDescriptors()
  for (const [mode, isGood] of [
    [0o700, true],
    [0o750, true],
    [0o770, true],
    [0o775, true],
    [0o777, false],
    [0o703, false],
    [0o1777, true],
  ] as const) {
    chmodSync(folder, mode)
    if (isGood) checkFolder(folder)
    else assert.throws(() => checkFolder(folder), /every user may write .*chmod o-w/)
  }
  assert.equal(openDescriptors(), before)
})

test('a folder of another user is refused, whatever its mode', { skip }, t => {
  const folder = temporaryFolder(t)
  chownSync(folder, NOBODY, NOBODY)
  for (const mode of [0o700, 0o1777]) {
    chmodSync(folder, mode)
    assert.throws(() => checkFolder(folder), /belongs to user 65534.*give it to user 0.*chown/)
  }
})
