/** The guest's disk: the headless image as it is, and in /vm what a container engine does for it. */

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from '../../images/support/engine.ts'
import { CACHE } from './kernel.ts'

const SIZE = '2G'

/**
 * The first process: mounts, the network of QEMU, then the image's entry point in its place. The
 * agent runs the test's commands; it must outlive the killer.
 */
const INIT = `#!/bin/bash
b=/vm/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t cgroup2 cgroup /sys/fs/cgroup
mkdir -p /dev/shm
$b mount -t tmpfs -o mode=1777 shm /dev/shm
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
$b ifconfig lo 127.0.0.1 up
$b ifconfig eth0 10.0.2.15 up
$b stty -F /dev/ttyS1 raw -echo
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/vm/agent < /dev/ttyS1 > /dev/ttyS1 2> /dev/null &
exec /usr/local/libexec/entrypoint
`

/** A command of base64 in a line; its output as base64, and its exit status. */
const AGENT = `#!/bin/bash
echo -1000 > /proc/self/oom_score_adj
while read -r line; do
  out=$(bash -c "echo 0 > /proc/self/oom_score_adj; $(base64 -d <<< "$line")" 2>&1 | base64 -w 0; echo ":\${PIPESTATUS[0]}")
  echo "$out"
done
`

/** @returns the disk's file */
export function makeDisk(image: string): string {
  const disk = join(CACHE, 'disk.ext4')
  const extra = join(CACHE, 'extra')
  mkdirSync(join(extra, 'vm'), { recursive: true })
  writeFileSync(join(extra, 'vm/init'), INIT, { mode: 0o755 })
  writeFileSync(join(extra, 'vm/agent'), AGENT, { mode: 0o755 })
  copyFileSync('/bin/busybox', join(extra, 'vm/busybox'))
  rmSync(disk, { force: true })
  // An image is mounted in a namespace of its own, with the guest's files on top of it.
  const script = `set -e
lower=$(podman image mount "$1")
trap 'umount "$4" 2>/dev/null; podman image unmount "$1" > /dev/null' EXIT
mkdir -p "$4"
mount -t overlay overlay -o "lowerdir=$2:$lower" "$4"
mke2fs -q -t ext4 -d "$4" "$3" ${SIZE}`
  const tree = join(CACHE, 'tree')
  output('unshare', ['--mount', 'bash', '-c', script, 'bash', image, extra, disk, tree])
  rmSync(extra, { recursive: true })
  rmSync(tree, { recursive: true, force: true })
  execFileSync('tune2fs', ['-c', '0', '-i', '0', disk], { stdio: 'ignore' })
  return disk
}
