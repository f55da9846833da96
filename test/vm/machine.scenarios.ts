/**
 * The headless image as a whole machine: a QEMU guest of 1 GiB with Debian's kernel, in which the
 * killer takes whom it likes. Every kill in the guest's own kernel log has its event, and every event
 * its kill. `npm run test:vm`
 */

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { buildImage } from '../images/support/build.ts'
import { whyNoImages } from '../images/support/engine.ts'
import { printedTable } from '../images/support/table.ts'
import { installMissing } from '../support/install.ts'
import type { SseClient } from '../support/sse-client.ts'
import { sleep, waitFor } from '../support/wait.ts'
import { makeDisk } from './support/disk.ts'
import { Guest } from './support/guest.ts'
import { ensureKernel, type Kernel } from './support/kernel.ts'
import { type LoggedKill, loggedKills } from './support/kernel-log.ts'

/** Everything is some ten times slower than on this machine. */
const PATIENCE_MS = 240_000

const TOOLS = {
  busybox: 'busybox-static',
  cpio: 'cpio',
  mke2fs: 'e2fsprogs',
  modprobe: 'kmod',
  'qemu-system-x86_64': 'qemu-system-x86',
}

const table = printedTable('In a virtual machine')
const skip = whyNoMachine() ?? false

function whyNoMachine(): string | undefined {
  const reason = whyNoImages()
  if (reason !== undefined) return reason
  const missing = installMissing(TOOLS)
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`
}

describe('a virtual machine', { skip }, () => {
  let kernel: Kernel
  let disk = ''
  before(() => {
    const image = buildImage('headless')
    kernel = ensureKernel()
    disk = makeDisk(image)
  })

  test('SysRq, an overcommitted machine, and a group of tasks', async t => {
    const guest = await Guest.boot(t, { kernel, disk, append: ['sysctl.kernel.dmesg_restrict=0'] })
    await untilBrowserRuns(guest)
    await memoryFigure(guest)
    const events = await guest.events(t)

    await guest.sh('echo 1 > /proc/sys/kernel/sysrq; echo f > /proc/sysrq-trigger')
    const manual = await untilKill(events, event => event.source?.metadata?.manual === 'true')
    assert.equal('trigger_process_name' in manual, false)
    assert.equal(manual.constraint, 'none')
    table.row('sysrq f', JSON.stringify(manual))

    await guest.sh('ln -s /usr/bin/tail "/tmp/the hog"; timeout 100 "/tmp/the hog" /dev/zero; :')
    const global = await untilKill(events, event => nameOf(event) === 'the hog')
    assert.equal(global.constraint, 'none')
    assert.ok(Number(global.mem_total_kb) > 900 * 1024)
    assert.ok(Number(global.mem_total_kb) <= 1024 * 1024)
    table.row('1 GiB, a hog', JSON.stringify(global))

    await guest
      .sh(`mkdir /sys/fs/cgroup/job; cd /sys/fs/cgroup/job
      echo 64M > memory.max; echo 1 > memory.oom.group; echo $$ > cgroup.procs
      for name in one two; do ln -s /usr/bin/sleep /tmp/worker-$name; /tmp/worker-$name 1000 & done
      ln -s /usr/bin/tail "/tmp/job (hog)"; "/tmp/job (hog)" /dev/zero`)
      .catch(() => '')
    const members = ['job (hog)', 'worker-one', 'worker-two']
    for (const name of members) {
      const member = await untilKill(events, event => nameOf(event) === name)
      assert.equal(member.constraint, 'memcg')
      assert.equal(member.oom_memcg, '/job')
      assert.equal(member.oom_group, true)
      table.row(name === members[0] ? 'cgroup v2 group' : '', JSON.stringify(member))
    }
    await compare(guest, events)
    // Open to every user by the kernel's settings, but for who owns the node.
    assert.equal((await guest.sh('cat /proc/sys/kernel/dmesg_restrict')).trim(), '0')
    assert.equal(await canRead(guest, 'chromium'), false)
  })

  test('a boot with dmesg_restrict', async t => {
    const guest = await Guest.boot(t, { kernel, disk, append: ['sysctl.kernel.dmesg_restrict=1'] })
    const events = await guest.events(t)
    assert.equal((await guest.sh('cat /proc/sys/kernel/dmesg_restrict')).trim(), '1')
    // Without KVM it is too slow for what else the check asks, the browser and supervisord.
    const check = await guest.sh('/usr/local/libexec/healthcheck; :')
    assert.doesNotMatch(check, /the API/)
    await guest.sh(`mkdir /sys/fs/cgroup/small; cd /sys/fs/cgroup/small
      echo 16M > memory.max; echo $$ > cgroup.procs
      ln -s /usr/bin/tail /tmp/small; /tmp/small /dev/zero; :`)
    const kill = await untilKill(events, event => nameOf(event) === 'small')
    assert.equal(kill.oom_memcg, '/small')
    await compare(guest, events)
    assert.equal(await canRead(guest, 'chromium'), false)
    // The file's mode is not what keeps the others out here.
    await guest.sh('chmod 0666 /dev/kmsg')
    assert.equal(await canRead(guest, 'chromium'), false)
    table.row('dmesg_restrict=1', JSON.stringify(kill))
  })
})

type Event = SseClient['events'][number]['envelope']['event']

function nameOf(event: Event): unknown {
  return (event.data as Record<string, unknown>).process_name
}

async function untilKill(
  events: SseClient,
  matches: (event: Event) => boolean
): Promise<Record<string, unknown>> {
  const isIt = ({ event }: { event: Event }) => event.type === 'system_oom_kill' && matches(event)
  const { envelope } = await events.find(isIt, 'the kill', PATIENCE_MS)
  return envelope.event.data as Record<string, unknown>
}

/** Both ways, field by field. */
async function compare(guest: Guest, events: SseClient): Promise<void> {
  await sleep(3000)
  const logged = loggedKills(await guest.kernelLog())
  const told = events.events
    .map(({ envelope }) => envelope.event)
    .filter(event => event.type === 'system_oom_kill')
    .map((event): LoggedKill => {
      const data = event.data as Record<string, never>
      return {
        kmsgSeq: event.source!.metadata!.kmsg_seq!,
        pid: data.pid!,
        name: data.process_name!,
        rssKb: data.rss_kb!,
        totalVmKb: data.total_vm_kb!,
        oomScoreAdj: data.oom_score_adj!,
        constraint: data.constraint,
      }
    })
  assert.ok(logged.length > 0)
  assert.deepEqual(told, logged)
  table.row('', `${told.length} events, the ${logged.length} kills of the guest's kernel log`)
}

async function untilBrowserRuns(guest: Guest): Promise<void> {
  const isUp = async () =>
    (await guest.sh('(: <> /dev/tcp/127.0.0.1/9223) 2>/dev/null && echo up; :')).includes('up')
  await waitFor(isUp, 'Chromium', () => guest.sh('supervisorctl status; :'), PATIENCE_MS)
}

/** What the machine gets back when they end; the code they share with nobody stays in its cache. */
async function memoryFigure(guest: Guest): Promise<void> {
  const available = async () =>
    Number(await guest.sh(`awk '/MemAvailable/{print $2}' /proc/meminfo`))
  await guest.sh('supervisorctl stop chromium')
  await sleep(5000)
  const before = await available()
  await guest.sh('supervisorctl stop sysmon supervisord-shim')
  await sleep(2000)
  const after = await available()
  table.row(
    'API and shim',
    `take ${(((after - before) * 1024) / 1e6).toFixed(1)} MB of MemAvailable`
  )
  await guest.sh('supervisorctl start sysmon supervisord-shim chromium')
  await untilBrowserRuns(guest)
}

async function canRead(guest: Guest, user: string): Promise<boolean> {
  const read = `setpriv --reuid=${user} --regid=${user} --clear-groups dd if=/dev/kmsg iflag=nonblock bs=8192 count=1 of=/dev/null status=none 2>/dev/null`
  return (await guest.sh(`${read} && echo yes; :`)).includes('yes')
}
