/**
 * Which control groups of the kernel log are this container's. Its own name for its group is `/` in most
 * containers; what tells are the files that an engine mounts into it from a folder with its id: docker's
 * `/etc/hostname`, podman's `/run/.containerenv`, a kubelet's `/etc/hosts` with the pod's uid.
 */

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { pidNamespace } from './pid-namespace.ts'

/** The machine's own (PROC_CGROUP_INIT_INO, include/linux/proc_ns.h). */
const INITIAL = 'cgroup:[4026531835]'
const MOUNTED =
  /^(?:\/etc\/(?:hostname|hosts|resolv\.conf)|\/run\/\.containerenv|\/dev\/termination-log)$/

export interface OwnContainer {
  /** @returns undefined where it cannot be told */
  owns(group: string | undefined): boolean | undefined
}

export interface ContainerFacts {
  readonly mountinfo: string | undefined
  readonly cgroup: string | undefined
  /** Whether /proc/self/cgroup has the machine's own paths. */
  readonly isMachinesView: boolean
  readonly hasOwnPids: boolean
  readonly hostname: string
}

/** @returns undefined on a machine, or where nothing says that this is a container */
export function ownContainer(facts = readFacts()): OwnContainer | undefined {
  const roots = [...mountedFrom(facts.mountinfo ?? '')]
  const pods = roots.flatMap(root => /\/pods\/([0-9a-f-]{36})\//.exec(root)?.[1] ?? [])
  // In a pod the other ids are those of its sandbox.
  const ids =
    pods.length > 0
      ? pods
      : roots.flatMap(root => /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/.exec(root) ?? [])
  if (!facts.hasOwnPids && ids.length === 0) return undefined
  const path = facts.isMachinesView ? ownPath(facts.cgroup ?? '') : undefined
  const names = [...ids, ...(/^[0-9a-f]{12}$/.test(facts.hostname) ? [facts.hostname] : [])]
  return {
    owns(group) {
      if (group === undefined) return undefined
      if (path !== undefined) return group === path || group.startsWith(`${path}/`)
      if (names.length === 0) return undefined
      // systemd's slices have _ in place of -.
      return names.some(name => group.includes(name) || group.includes(name.replaceAll('-', '_')))
    },
  }
}

function readFacts(): ContainerFacts {
  return {
    mountinfo: read('/proc/self/mountinfo'),
    cgroup: read('/proc/self/cgroup'),
    isMachinesView: link('/proc/self/ns/cgroup') === INITIAL,
    hasOwnPids: pidNamespace() === 'own',
    hostname: hostname(),
  }
}

/** `36 35 98:0 /docker/containers/ID/hostname /etc/hostname rw - ext4 ...` (proc(5)) */
function* mountedFrom(mountinfo: string): Generator<string> {
  for (const line of mountinfo.split('\n')) {
    const [, , , root, at] = line.split(' ')
    if (root !== undefined && at !== undefined && MOUNTED.test(at)) yield root
  }
}

function ownPath(cgroup: string): string | undefined {
  const line =
    /^\d+:(?:[\w,=-]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(cgroup) ?? /^0::(.*)$/m.exec(cgroup)
  return line === null || line[1] === '/' ? undefined : line[1]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
