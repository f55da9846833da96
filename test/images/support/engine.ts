/**
 * podman and buildah with a storage of their own in .cache/images: the stand-ins for the base images
 * have the names of the real ones and must not come before a person's own images.
 */

import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installMissing } from '../../support/install.ts'
import { whyNoOomKills } from '../../support/oom.ts'

export const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url))
export const CACHE = cacheFolder()
/** Where a machine with cgroup v1 controllers mounts the empty v2 hierarchy as well. */
const HYBRID = '/sys/fs/cgroup/unified'

/** It may be a link, so that several checkouts share it: the storage remembers its real path. */
function cacheFolder(): string {
  const path = join(PROJECT, '.cache/images')
  return existsSync(path) ? realpathSync(path) : path
}

const environment = {
  ...process.env,
  CONTAINERS_CONF: join(CACHE, 'containers.conf'),
  CONTAINERS_STORAGE_CONF: join(CACHE, 'storage.conf'),
}

/** Installs the tools. @returns why no image can be built and run here, or undefined when it can */
export function whyNoImages(): string | undefined {
  const reason = whyNoOomKills()
  if (reason !== undefined) return reason
  const missing = installMissing({
    buildah: 'buildah',
    crun: 'crun',
    curl: 'curl',
    debootstrap: 'debootstrap',
    ip: 'iproute2',
    podman: 'podman',
  })
  if (missing.length > 0) return `needs ${missing.join(', ')}`
  configure()
  return undefined
}

function configure(): void {
  mkdirSync(CACHE, { recursive: true })
  // The default limits need CAP_SYS_RESOURCE; there need be neither systemd nor a firewall.
  writeFileSync(
    environment.CONTAINERS_CONF,
    `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
tmp_dir = "${CACHE}/run/libpod"
static_dir = "${CACHE}/storage/libpod"
volume_path = "${CACHE}/storage/volumes"
`
  )
  writeFileSync(
    environment.CONTAINERS_STORAGE_CONF,
    `[storage]\ndriver = "overlay"\ngraphroot = "${CACHE}/storage"\nrunroot = "${CACHE}/run"\n`
  )
}

/** podman as an argument list: crun refuses a hybrid cgroup layout, so it gets a view without. */
function podmanCommand(args: readonly string[]): [string, string[]] {
  if (!existsSync(HYBRID)) return ['podman', [...args]]
  const script = `umount ${HYBRID}; exec podman "$@"`
  return ['unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'podman', ...args]]
}

/** @returns its standard output @throws with its standard error */
export async function podman(args: readonly string[], input?: string): Promise<string> {
  const [command, list] = podmanCommand(args)
  const running = promisify(execFile)(command, list, {
    env: environment,
    // At a kill in a container its monitor (conmon) makes a file `oom` in the folder that it was started in.
    cwd: CACHE,
    maxBuffer: 2 ** 26,
  })
  running.child.stdin?.end(input ?? '')
  return (await running).stdout
}

/** Runs a program that uses the storage, with its output on the terminal's standard error. */
export function run(command: string, args: readonly string[], input?: Buffer): void {
  execFileSync(command, args, {
    env: environment,
    stdio: [input === undefined ? 'ignore' : 'pipe', 2, 2],
    cwd: PROJECT,
    ...(input === undefined ? {} : { input }),
  })
}

/** The same, silent unless it fails. @returns its standard output */
export function output(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    env: environment,
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
