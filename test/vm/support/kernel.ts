/** Debian's kernel for the guest, and an initramfs that mounts its disk: all in .cache/vm. */

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { PROJECT } from '../../images/support/engine.ts'

export const CACHE = join(PROJECT, '.cache/vm')
const MODULES = ['virtio_blk', 'virtio_pci', 'ext4', 'e1000']

export interface Kernel {
  readonly version: string
  readonly image: string
  readonly initramfs: string
}

export function ensureKernel(): Kernel {
  const folder = join(CACHE, 'kernel')
  if (!existsSync(join(folder, 'boot'))) downloadKernel(folder)
  const image = readdirSync(join(folder, 'boot')).find(name => name.startsWith('vmlinuz-'))!
  const version = image.slice('vmlinuz-'.length)
  const initramfs = join(CACHE, 'initramfs')
  writeInitramfs(folder, version, initramfs)
  return { version, image: join(folder, 'boot', image), initramfs }
}

function downloadKernel(folder: string): void {
  const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' })
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1]
  if (name === undefined) throw new Error('apt knows no linux-image-amd64')
  console.error(`downloading ${name}`)
  const download = join(CACHE, 'download')
  rmSync(download, { recursive: true, force: true })
  mkdirSync(download, { recursive: true })
  const options = { cwd: download, stdio: ['ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[] }
  execFileSync('apt-get', ['download', name], options)
  execFileSync('dpkg-deb', ['-x', readdirSync(download)[0]!, folder], options)
  rmSync(download, { recursive: true })
}

/** The modules in the order in which they can be loaded. */
function modulePaths(folder: string, version: string): string[] {
  execFileSync('depmod', ['-b', folder, version])
  const paths = MODULES.flatMap(name => {
    const args = ['-d', folder, '-S', version, '--show-depends', name]
    const lines = execFileSync('modprobe', args, { encoding: 'utf8' })
    return [...lines.matchAll(/^insmod (\S+)/gm)].map(([, path]) => path!)
  })
  return [...new Set(paths)]
}

function writeInitramfs(folder: string, version: string, target: string): void {
  const tree = join(CACHE, 'initramfs-tree')
  rmSync(tree, { recursive: true, force: true })
  for (const name of ['bin', 'dev', 'mods', 'root'])
    mkdirSync(join(tree, name), { recursive: true })
  copyFileSync('/bin/busybox', join(tree, 'bin/busybox'))
  const modules = modulePaths(folder, version)
  for (const path of modules) copyFileSync(path, join(tree, 'mods', basename(path)))
  const loads = modules.map(path => `$b insmod /mods/${basename(path)}`).join('\n')
  const init = join(tree, 'init')
  writeFileSync(
    init,
    `#!/bin/busybox sh
b=/bin/busybox
$b mount -t devtmpfs dev /dev
${loads}
until $b mount -t ext4 /dev/vda /root; do $b sleep 0.1; done
$b mount --move /dev /root/dev
exec $b switch_root /root /vm/init
`
  )
  chmodSync(init, 0o755)
  const script = 'cd "$1" && find . | cpio -o -H newc --quiet | gzip -1 > "$2"'
  execFileSync('sh', ['-c', script, 'sh', tree, target])
  rmSync(tree, { recursive: true })
}
