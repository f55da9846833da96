/**
 * How those who manage control groups name them: what one part of a path stands for, given the parts
 * before it.
 *
 * Sources: kubernetes, pkg/kubelet/cm (cgroup_manager_linux.go, qos_container_manager_linux.go);
 * systemd.special(7); runc, libcontainer/cgroups/systemd; podman, libpod/container.go;
 * lxc.container.conf(5); libvirt, docs/cgroups.html; Slurm, cgroup.html.
 */

import { decodeName, unescapeBytes } from '../kernel-names.ts'
import { printable } from '../units.ts'

type GroupKind =
  | 'container'
  | 'pod'
  /** All pods of a quality-of-service class. */
  | 'qos'
  /** All pods of the node. */
  | 'node_pods'
  | 'service'
  | 'scope'
  | 'session'
  | 'user'
  | 'slice'
  | 'guest'
  | 'machine'
  | 'job'
  | 'app'
  | 'group'

/** Who made the group, where its name says so. */
export type Manager =
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'cri-o'
  | 'kubernetes'
  | 'ecs'
  | 'systemd'
  | 'systemd_user'
  | 'lxc'
  | 'openvz'
  | 'libvirt'
  | 'proxmox'
  | 'slurm'
  | 'pbs'
  | 'htcondor'
  | 'nomad'
  | 'android'

export interface Place {
  readonly kind: GroupKind
  readonly manager: Manager | undefined
  /** The name that its manager knows it by, short: an id of 64 digits as its first twelve. */
  readonly id: string
  /** With what it is, as part of a sentence: `the container a59e4e7d3090`. */
  readonly label: string
}

const ID = '[0-9A-Za-z_.-]+'
/** `docker-ID.scope` and the like: the systemd driver of a container's runtime. */
const CONTAINER_SCOPE = new RegExp(
  `^(docker|libpod|libpod-payload|cri-containerd|crio|crio-payload|nerdctl|containerd|buildah-buildah)-(${ID})\\.scope$`
)
const CONTAINER_FOLDER = new RegExp(`^(libpod|libpod-payload|crio)-(${ID})$`)
/** `kubepods-burstable-podUID.slice:cri-containerd:ID`: a systemd path given to the cgroupfs driver. */
const COLON = new RegExp(`^.*:(docker|cri-containerd|crio|libpod):(${ID})$`)
const POD_SLICE = new RegExp(`^(?:[a-z]+-)?kubepods(?:-burstable|-besteffort)?-pod(${ID})\\.slice$`)
const QOS_SLICE = /^(?:[a-z]+-)?kubepods-(burstable|besteffort)\.slice$/
const NODE_SLICE = /^(?:[a-z]+-)?kubepods(?:\.slice)?$/

const MANAGERS: Readonly<Record<string, Manager>> = {
  docker: 'docker',
  libpod: 'podman',
  'libpod-payload': 'podman',
  'buildah-buildah': 'podman',
  'cri-containerd': 'containerd',
  containerd: 'containerd',
  nerdctl: 'containerd',
  crio: 'cri-o',
  'crio-payload': 'cri-o',
}

/** Folders whose children are containers. */
const CONTAINER_PARENTS: Readonly<Record<string, Manager | undefined>> = {
  docker: 'docker',
  buildkit: 'docker',
  'k8s.io': 'containerd',
  moby: 'docker',
  garden: undefined,
  mesos: undefined,
}

/** Inside a container or guest, groups that hold all of it. */
const INNER = new Set(['container', 'ns', '.lxc', 'init', 'payload', 'libvirt', 'emulator'])

/** Whether a part of a path below a place holds all of the place. */
export function isInner(part: string, { manager }: Place): boolean {
  if (manager === 'slurm') return /^(?:step_|task_|user$|slurm$)/.test(part)
  return INNER.has(part) || /^(?:vcpu\d+|iothread\d+)$/.test(part)
}

/** @param before what the parts before it stand for */
export function placeOf(
  parts: readonly string[],
  at: number,
  before: readonly Place[]
): Place | undefined {
  const part = parts[at]!
  const parent = parts[at - 1]
  return (
    kubernetes(part, before) ??
    container(part, parent, parts, at) ??
    machine(part, parent) ??
    job(part, parts, at) ??
    unit(part, before) ??
    android(parts, at)
  )
}

function kubernetes(part: string, before: readonly Place[]): Place | undefined {
  const around = before.at(-1)
  if (NODE_SLICE.test(part)) {
    const label = `all pods of this node together (${part})`
    return { kind: 'node_pods', manager: 'kubernetes', id: part, label }
  }
  const qos = QOS_SLICE.exec(part)?.[1] ?? /^(burstable|besteffort)$/.exec(part)?.[1]
  if (qos !== undefined && around?.kind === 'node_pods') {
    const name = qos === 'burstable' ? 'Burstable' : 'BestEffort'
    const label = `all ${name} pods of this node together`
    return { kind: 'qos', manager: 'kubernetes', id: name, label }
  }
  const colon = COLON.exec(part)
  const slice = POD_SLICE.exec(colon === null ? part : part.slice(0, part.indexOf(':')))?.[1]
  if (slice !== undefined && colon !== null) {
    const place = containerPlace(MANAGERS[colon[1]!], colon[2]!)
    const pod = printable(slice.replaceAll('_', '-'))
    return { ...place, manager: 'kubernetes', label: `${place.label} of the pod ${pod}` }
  }
  const isInside = around?.kind === 'node_pods' || around?.kind === 'qos'
  const pod = slice?.replaceAll('_', '-') ?? (isInside ? /^pod(.+)$/.exec(part)?.[1] : undefined)
  if (pod !== undefined) {
    const label = `the pod ${printable(pod)}`
    return { kind: 'pod', manager: 'kubernetes', id: pod, label }
  }
  const isInPod = around?.kind === 'pod' && around.manager === 'kubernetes'
  if (!isInPod || CONTAINER_SCOPE.test(part) || CONTAINER_FOLDER.test(part)) return undefined
  return containerPlace(undefined, part)
}

function containerPlace(manager: Manager | undefined, id: string): Place {
  const short = shortId(id)
  const by = manager === undefined ? '' : ` (${manager})`
  return { kind: 'container', manager, id: short, label: `the container ${short}${by}` }
}

/** As the runtimes shorten them. */
function shortId(id: string): string {
  return printable(/^[0-9a-f]{64}/.test(id) ? id.slice(0, 12) : id)
}

function container(
  part: string,
  parent: string | undefined,
  parts: readonly string[],
  at: number
): Place | undefined {
  const scope = CONTAINER_SCOPE.exec(part) ?? CONTAINER_FOLDER.exec(part) ?? COLON.exec(part)
  // The container's monitor has a scope of its own.
  if (scope !== null && !scope[2]!.startsWith('conmon-')) {
    const isEcs = parts.slice(0, at).some(one => one.startsWith('ecstasks'))
    return containerPlace(isEcs ? 'ecs' : MANAGERS[scope[1]!], scope[2]!)
  }
  const podmans = /^machine-libpod_pod_([0-9a-f]+)\.slice$/.exec(part)?.[1]
  if (podmans !== undefined) {
    const id = shortId(podmans)
    return { kind: 'pod', manager: 'podman', id, label: `the pod ${id} (podman)` }
  }
  if (parts[0] === 'ecs' && at >= 2 && at === parts.length - 1) {
    return containerPlace('ecs', part)
  }
  if (parts[0] === 'ecs' && at === 1) {
    const label = `the ECS task ${shortId(part)}`
    return { kind: 'job', manager: 'ecs', id: shortId(part), label }
  }
  const alloc = /^(?:[a-z-]*\.)?([0-9a-f-]{36})\.(.+)\.scope$/.exec(part)
  if (alloc !== null && parts.includes('nomad.slice')) {
    const label = `the task ${printable(alloc[2]!)} of the Nomad allocation ${alloc[1]!.slice(0, 8)}`
    return { kind: 'job', manager: 'nomad', id: alloc[2]!, label }
  }
  if (parent === undefined || !Object.hasOwn(CONTAINER_PARENTS, parent)) return undefined
  if (Object.hasOwn(CONTAINER_PARENTS, part)) return undefined
  return containerPlace(CONTAINER_PARENTS[parent], part)
}

/** LXC guests and virtual machines. */
function machine(part: string, parent: string | undefined): Place | undefined {
  const isLxc = (parent === 'lxc' || parent === 'lxc.payload') && !INNER.has(part)
  const guest = isLxc ? part : /^lxc\.(?:payload|monitor)\.(.+)$/.exec(part)?.[1]
  if (guest !== undefined) {
    const id = printable(guest)
    return { kind: 'guest', manager: 'lxc', id, label: `the LXC guest ${id}` }
  }
  if (parent === 'qemu.slice' && /^\d+\.scope$/.test(part)) {
    const id = part.replace('.scope', '')
    const label = `the virtual machine ${id} (Proxmox)`
    return { kind: 'machine', manager: 'proxmox', id, label }
  }
  const libvirt =
    /^machine-qemu\\x2d\d+\\x2d(.+)\.scope$/.exec(part)?.[1] ??
    (parent === 'machine' ? /^(?:qemu-\d+-)?(.+)\.libvirt-qemu$/.exec(part)?.[1] : undefined)
  if (libvirt !== undefined) {
    const id = printable(unescapeUnit(libvirt))
    const label = `the virtual machine ${id} (libvirt)`
    return { kind: 'machine', manager: 'libvirt', id, label }
  }
  const nspawn =
    /^systemd-nspawn@(.+)\.service$/.exec(part)?.[1] ?? /^machine-(.+)\.scope$/.exec(part)?.[1]
  if (nspawn === undefined) return undefined
  const id = printable(unescapeUnit(nspawn))
  return { kind: 'guest', manager: 'systemd', id, label: `the machine ${id}` }
}

/** systemd writes each byte that is no ASCII letter, digit or one of `:_.` as `\xNN`. */
function unescapeUnit(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? decodeName(unescapeBytes(name)) : name
}

function job(part: string, parts: readonly string[], at: number): Place | undefined {
  const before = parts.slice(0, at)
  const slurm = /^job_(.+)$/.exec(part)?.[1]
  if (slurm !== undefined && before.some(one => one.startsWith('slurm'))) {
    const id = printable(slurm)
    return { kind: 'job', manager: 'slurm', id, label: `the Slurm job ${id}` }
  }
  if (before.includes('jobid') || before.includes('pbspro')) {
    const id = printable(part)
    return { kind: 'job', manager: 'pbs', id, label: `the PBS job ${id}` }
  }
  if (before.includes('htcondor') || /^condor_.*slot/.test(part)) {
    const id = printable(part)
    return { kind: 'job', manager: 'htcondor', id, label: `the HTCondor job in ${id}` }
  }
  return undefined
}

const USER_MANAGER = /^user@(\d+)\.service$/
const USER_SLICE = /^user-(\d+)\.slice$/

function unit(part: string, before: readonly Place[]): Place | undefined {
  const id = printable(part)
  const isOfUser = before.some(place => USER_MANAGER.test(place.id))
  const uid = before.map(place => USER_SLICE.exec(place.id)?.[1]).findLast(one => one !== undefined)
  const whose = uid === undefined ? '' : ` of the user ${uid}`
  const manager = isOfUser ? 'systemd_user' : 'systemd'
  const named = (kind: GroupKind, label: string): Place => ({ kind, manager, id, label })
  const user = USER_MANAGER.exec(part)?.[1]
  if (user !== undefined) return named('user', `all that systemd runs for the user ${user} (${id})`)
  const owner = USER_SLICE.exec(part)?.[1]
  if (owner !== undefined) return named('user', `all of the user ${owner} (${id})`)
  if (part.endsWith('.service')) return named('service', `the service ${id}${whose}`)
  if (part === 'init.scope') return named('scope', `the systemd${whose} (${id})`)
  const session = /^session-(.+)\.scope$/.exec(part)?.[1]
  if (session !== undefined) {
    return named('session', `the login session ${printable(session)}${whose} (${id})`)
  }
  if (part.endsWith('.scope')) {
    const what = scopeLabel(part)
    return named(
      'scope',
      what === undefined ? `the scope ${id}${whose}` : `${what}${whose} (${id})`
    )
  }
  if (part === 'user.slice') return named('slice', `all users together (${id})`)
  if (part === 'system.slice') return named('slice', `all services together (${id})`)
  return part.endsWith('.slice') ? named('slice', `the slice ${id}${whose}`) : undefined
}

function scopeLabel(part: string): string | undefined {
  const snap = /^snap\.([^.]+)\./.exec(part)?.[1]
  if (snap !== undefined) return `the snap ${printable(snap)}`
  const app = /^app-(?:[a-z]+-)?(.+?)(?:-\d+|@.*)?\.scope$/.exec(part)?.[1]
  if (app !== undefined) return `the application ${printable(unescapeUnit(app))}`
  return /^(?:vte|tmux|ptyxis)-spawn-/.test(part) ? "a terminal's tab" : undefined
}

function android(parts: readonly string[], at: number): Place | undefined {
  const pid = /^pid_(\d+)$/.exec(parts[at]!)?.[1]
  const uid = /^uid_(\d+)$/.exec(parts[at - 1] ?? '')?.[1]
  if (pid === undefined || uid === undefined) return undefined
  const label = `the process ${pid} of the Android user ${uid}`
  return { kind: 'app', manager: 'android', id: uid, label }
}
