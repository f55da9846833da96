/** Whose the spool's folder is: one writer, no link, nothing of others in the place of its files. */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ListenerPositionFile } from '../../shim/listener-position.ts'
import { createLog } from '../../shim/own-log.ts'
import { Spool } from '../../shim/spool.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { isOwnFolder } from '../../shim/spool-folder.ts'
import { LossReason } from '../../shim/spool-limits.ts'
import { StatusFile } from '../../shim/status-file.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { startShim, temporaryFolder } from './shim-process.ts'

const ts = Date.now() * 1000

function open(t: TestContext, stateDir: string) {
  const dir = new SpoolDir(stateDir)
  const lines: string[] = []
  const errors: (string | undefined)[] = []
  const spool = new Spool({
    dir,
    log: createLog('info', line => lines.push(line)),
    describeLoss: ({ reason }) => ({ type: 'telemetry_gap', data: { reason } }),
    onError: error => errors.push(error),
  })
  t.after(() => dir.close())
  return { spool, dir, logged: () => lines.join(''), error: () => errors.at(-1) }
}

function drain(spool: Spool): string[] {
  const types: string[] = []
  for (let body = spool.take(); body !== undefined; body = spool.take()) {
    const { type, data } = JSON.parse(body)
    types.push(data?.reason ?? type)
    spool.remove()
  }
  return types
}

test('two shims on one folder: neither delivers what is the other one of', async t => {
  const stateDir = temporaryFolder(t)
  const first = open(t, stateDir)
  await first.spool.append({ type: 'a', ts })
  const second = open(t, stateDir)
  await second.spool.append({ type: 'b', ts })
  assert.match(
    second.logged(),
    /"level":40.*another shim uses the spool.*spool-2.*SYSMON_STATE_DIR/
  )
  assert.match(second.error()!, /another shim uses the spool/)
  assert.equal(first.error(), undefined)
  assert.ok(!second.spool.hasUnwritten)
  const before = openDescriptors()
  for (let n = 0; n < 5; n++) assert.equal(first.spool.adopt(), false)
  assert.equal(openDescriptors(), before, 'the folder of the other is not kept open')
  assert.deepEqual(drain(second.spool), ['b'])
  assert.deepEqual(drain(first.spool), ['a'])
})

test('what a shim left that has gone is delivered by the other, at its start or later', async t => {
  const stateDir = temporaryFolder(t)
  const first = open(t, stateDir)
  const alone = openDescriptors()
  const second = open(t, stateDir)
  await first.spool.append({ type: 'a', ts })
  await second.spool.append({ type: 'b1', ts })
  await second.spool.append({ type: 'b2', ts })
  new StatusFile(stateDir, second.dir, createLog('silent')).write()
  second.dir.close()
  assert.equal(first.spool.adopt(), true)
  assert.equal(openDescriptors(), alone, 'the folder that was emptied is let go of')
  await first.spool.append({ type: 'c', ts })
  assert.ok(!existsSync(join(stateDir, 'shim-status-2')), 'of a shim that is no more')
  first.dir.close()
  const next = open(t, stateDir)
  assert.equal(next.dir.slot, 1)
  assert.deepEqual(drain(next.spool), ['a', 'b1', 'b2', 'c'])

  const third = open(t, stateDir)
  await third.spool.append({ type: 'd', ts })
  third.dir.close()
  next.dir.close()
  assert.deepEqual(drain(open(t, stateDir).spool), ['d'])
})

test('a shim whose predecessor was still there has the first place when that has gone', async t => {
  const stateDir = temporaryFolder(t)
  const orphan = open(t, stateDir)
  await orphan.spool.append({ type: 'a', ts })
  const { spool, dir, error } = open(t, stateDir)
  await spool.append({ type: 'b', ts })
  const log = createLog('silent')
  const position = new ListenerPositionFile(dir, 'run', log)
  const last = { instance: 'run', pool: 'p', serial: '1', poolSerial: 1, stopping: false }
  position.write(last)
  const status = new StatusFile(stateDir, dir, log)
  status.set('error', error())
  assert.deepEqual(readdirSync(stateDir).sort(), ['shim-status-2', 'spool', 'spool-2'])
  assert.match(error()!, /another shim/)
  assert.equal(spool.adopt(), false)
  orphan.dir.close()
  assert.equal(spool.adopt(), true)
  assert.equal(dir.slot, 1)
  assert.equal(error(), undefined)
  status.set('error', error())
  position.write({ ...last, poolSerial: 2 })
  assert.deepEqual(new ListenerPositionFile(dir, 'run', log).read(), { ...last, poolSerial: 2 })
  await spool.append({ type: 'c', ts })
  assert.deepEqual(readdirSync(stateDir).sort(), ['shim-status', 'spool'])
  assert.deepEqual(drain(spool), ['b', 'a', 'c'])
})

test('the lock ends with its process, however that ends', async t => {
  const stateDir = temporaryFolder(t)
  for (let round = 0; round < 5; round++) {
    const shim = await startShim(t, { stateDir })
    await shim.until(() => shim.said() === 'READY\n', 'READY')
    assert.match(shim.log(), /"spool":"[^"]*\/spool"/)
    shim.kill('SIGKILL')
    await shim.ended
  }
  assert.deepEqual(readdirSync(stateDir).sort(), ['shim-status', 'spool'])
})

test('ten shims at once: each has its own place, or none', t => {
  const stateDir = temporaryFolder(t)
  const opened = Array.from({ length: 10 }, () => open(t, stateDir))
  const slots = opened.map(({ dir }) => dir.slot)
  assert.deepEqual(slots, [1, 2, 3, 4, 5, 6, 7, 8, undefined, undefined])
  assert.match(opened[9]!.error()!, /8 other shims use .*SYSMON_STATE_DIR/)
})

test('without the command flock: memory only, and that is said', t => {
  const stateDir = temporaryFolder(t)
  const path = process.env.PATH
  process.env.PATH = '/nonexistent'
  t.after(() => {
    process.env.PATH = path
  })
  const { spool, error, logged } = open(t, stateDir)
  assert.equal(spool.isWritable, false)
  assert.match(error()!, /no command flock.*install util-linux or busybox/)
  assert.match(logged(), /kept in memory.*install util-linux/)
})

test('a command that fails as that of busybox does: memory only', t => {
  const stateDir = temporaryFolder(t)
  const bin = temporaryFolder(t)
  const script = "#!/bin/sh\necho 'flock: bad file descriptor' >&2\nexit 1\n"
  writeFileSync(join(bin, 'flock'), script, { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = bin
  t.after(() => {
    process.env.PATH = path
  })
  assert.match(open(t, stateDir).error()!, /bad file descriptor/)
})

test('a command that does not end, as where a file server is away, is not waited for', t => {
  const stateDir = temporaryFolder(t)
  const bin = temporaryFolder(t)
  // Its end would be a lock.
  writeFileSync(join(bin, 'flock'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = `${bin}:${path}`
  t.after(() => {
    process.env.PATH = path
  })
  const { spool, error } = open(t, stateDir)
  assert.match(error()!, /cannot be locked .*ETIMEDOUT/)
  assert.equal(spool.isWritable, false)
})

test('a link in the place of the folder is not followed, wherever it leads', async t => {
  const stateDir = temporaryFolder(t)
  const target = temporaryFolder(t)
  for (const to of [target, '/nonexistent', '.']) {
    symlinkSync(to, join(stateDir, 'spool'))
    const { spool, dir, error } = open(t, stateDir)
    assert.match(error()!, /spool is a symbolic link, which is not followed: remove it/)
    await spool.append({ type: 'a', ts })
    assert.deepEqual(drain(spool), ['a'], 'from memory')
    const position = new ListenerPositionFile(dir, 'run', createLog('silent'))
    position.write({ instance: 'run', pool: 'p', serial: '1', poolSerial: 1, stopping: false })
    assert.equal(position.read(), 'unknown')
    rmSync(join(stateDir, 'spool'))
  }
  assert.deepEqual(readdirSync(target), [])
})

test('a folder that is replaced while it is used stays what it was', async t => {
  const stateDir = temporaryFolder(t)
  const target = temporaryFolder(t)
  const { spool, dir } = open(t, stateDir)
  renameSync(join(stateDir, 'spool'), join(stateDir, 'moved'))
  symlinkSync(target, join(stateDir, 'spool'))
  await spool.append({ type: 'a', ts })
  assert.deepEqual(readdirSync(target), [])
  assert.equal(readdirSync(join(stateDir, 'moved')).length, 1)
  assert.deepEqual(drain(spool), ['a'])
  assert.equal(dir.slot, 1)
})

test('a file, a FIFO or a folder of somebody else in the place of the folder', t => {
  const stateDir = temporaryFolder(t)
  const path = join(stateDir, 'spool')
  writeFileSync(path, '')
  assert.match(open(t, stateDir).error()!, /is no folder: remove it/)
  rmSync(path)
  execFileSync('mkfifo', [path])
  assert.match(open(t, stateDir).error()!, /is no folder: remove it/)
  rmSync(path)
  if (process.getuid?.() !== 0) return t.skip('only root can give a folder away')
  mkdirSync(path)
  chownSync(path, 65_534, 65_534)
  assert.match(open(t, stateDir).error()!, /belongs to another user \(65534, not 0\): chown it/)
})

test('its group may look into it and count, and others may not', async t => {
  const stateDir = temporaryFolder(t)
  const mask = process.umask(0o022)
  t.after(() => process.umask(mask))
  const { spool, dir } = open(t, stateDir)
  await spool.append({ type: 'a', ts })
  const mode = (name: string) => statSync(join(stateDir, name)).mode & 0o777
  assert.equal(mode('spool'), 0o750)
  assert.equal(mode(`spool/${readdirSync(dir.path)[0]}`), 0o640)
  new StatusFile(stateDir, dir, createLog('silent')).write()
  assert.equal(mode('shim-status'), 0o640)
  dir.close()

  // Who can write in it says what the API takes for the shim's word.
  chmodSync(join(stateDir, 'spool'), 0o777)
  assert.equal(open(t, stateDir).error(), undefined)
  assert.equal(mode('spool'), 0o755)
})

test('links, FIFOs and devices in the place of an event are told as a loss, not waited for', t => {
  const stateDir = temporaryFolder(t)
  const secret = join(stateDir, 'secret')
  writeFileSync(secret, readFileSync('/etc/hostname'))
  const path = join(stateDir, 'spool')
  mkdirSync(path)
  const name = (sequence: number) => join(path, `00000000000${sequence}-${ts}-1.event`)
  symlinkSync(secret, name(1))
  symlinkSync('/dev/zero', name(2))
  execFileSync('mkfifo', [name(3)])
  // Only root can make a device.
  const isDevice = spawnSync('mknod', [name(4), 'c', '1', '5']).status === 0
  writeFileSync(name(5), Buffer.alloc(5 * 1024 * 1024))
  const { spool } = open(t, stateDir)
  const before = openDescriptors()
  const told = drain(spool)
  assert.equal(openDescriptors(), before, 'none is kept open')
  assert.deepEqual(told, Array(isDevice ? 5 : 4).fill(LossReason.damaged))
  assert.equal(readdirSync(join(path, 'damaged')).length, told.length)
  assert.ok(existsSync(secret))
})

test('a link in the place of what is written, or of the folder for what is damaged', async t => {
  const stateDir = temporaryFolder(t)
  const target = mkdtempSync(join(stateDir, 'target-'))
  const file = join(target, 'file')
  writeFileSync(file, 'mine')
  const { spool, dir } = open(t, stateDir)
  symlinkSync(file, join(dir.path, `${process.pid}.unfinished`))
  await spool.append({ type: 'a', ts })
  assert.ok(!spool.hasUnwritten)
  assert.equal(readFileSync(file, 'utf8'), 'mine')

  symlinkSync(file, join(stateDir, 'shim-status'))
  symlinkSync(file, join(stateDir, `shim-status.${process.pid}.unfinished`))
  new StatusFile(stateDir, dir, createLog('silent')).write()
  assert.equal(readFileSync(join(stateDir, 'shim-status'), 'utf8'), '{}\n')
  assert.equal(readFileSync(file, 'utf8'), 'mine')

  symlinkSync(target, join(dir.path, 'damaged'))
  writeFileSync(join(dir.path, `000000000009-${ts}-1.event`), 'torn')
  dir.close()
  assert.deepEqual(drain(open(t, stateDir).spool), ['a', LossReason.damaged])
  assert.deepEqual(readdirSync(target), ['file'])
})

test('a state folder is made with the folders above it', async t => {
  const stateDir = join(temporaryFolder(t), 'a', 'b')
  const { spool } = open(t, stateDir)
  await spool.append({ type: 'a', ts })
  assert.ok(!spool.hasUnwritten)
  assert.equal(statSync(stateDir).mode & 0o777, 0o750 & ~process.umask())
})

test('only a folder of this user or of root is a spool of others', t => {
  const path = temporaryFolder(t)
  assert.equal(isOwnFolder(path), true)
  writeFileSync(join(path, 'file'), '')
  assert.equal(isOwnFolder(join(path, 'file')), false)
  assert.equal(isOwnFolder(join(path, 'none')), false)
})

test('a look at the other spools takes no error back that is not about them', async t => {
  const stateDir = temporaryFolder(t)
  writeFileSync(join(stateDir, 'file'), '')
  const { spool, error } = open(t, join(stateDir, 'file'))
  assert.match(error()!, /can write, with free space/)
  assert.equal(spool.adopt(), false)
  assert.match(error()!, /can write, with free space/)
})

test('a status that is written already is not written again', t => {
  const stateDir = temporaryFolder(t)
  const { dir } = open(t, stateDir)
  const status = new StatusFile(stateDir, dir, createLog('silent'))
  status.set('error', 'x')
  const file = join(stateDir, 'shim-status')
  // By a time that no write gives it: its inode may be used again.
  utimesSync(file, 1, 1)
  status.set('error', 'x')
  status.write()
  assert.equal(statSync(file).mtimeMs, 1000)
  status.set('error', undefined)
  assert.equal(readFileSync(join(stateDir, 'shim-status'), 'utf8'), '{}\n')
})

test('a folder that somebody removes is made again', async t => {
  const stateDir = temporaryFolder(t)
  const { spool, dir } = open(t, stateDir)
  rmSync(dir.path, { recursive: true })
  assert.ok(dir.isGone)
  await spool.append({ type: 'a', ts })
  assert.ok(spool.hasUnwritten, 'it has just been opened')
  const start = process.uptime()
  let later = 9.9
  t.mock.method(process, 'uptime', () => start + later)
  await spool.append({ type: 'b', ts })
  assert.ok(spool.hasUnwritten, 'not again and again')
  assert.ok(!existsSync(dir.path))
  later = 60
  await spool.append({ type: 'c', ts })
  assert.ok(!spool.hasUnwritten)
  assert.equal(readdirSync(dir.path).length, 3)
  assert.deepEqual(drain(spool), ['a', 'b', 'c'])
})

test(
  'a folder of root that others may write in is not used',
  { skip: process.getuid?.() !== 0 && 'not root' },
  t => {
    const stateDir = temporaryFolder(t)
    chmodSync(stateDir, 0o755)
    const path = join(stateDir, 'spool')
    mkdirSync(path)
    for (const [mode, isUsed] of [
      [0o751, true],
      [0o771, false],
      [0o753, false],
    ] as const) {
      chmodSync(path, mode)
      process.seteuid!(65_534)
      try {
        const { error } = open(t, stateDir)
        if (isUsed) assert.equal(error(), undefined)
        else assert.match(error()!, /spool can be written by others: chmod it to 750/)
      } finally {
        process.seteuid!(0)
      }
      assert.equal(statSync(path).mode & 0o777, mode)
    }
  }
)
