/**
 * What sets a group's limit, and how its manager calls the setting: a service has MemoryMax=, a
 * container of Kubernetes its resources, and nobody finds memory.max where a manager writes it anew.
 */

import type { Group } from './cgroup.ts'
import type { Manager, Place } from './group-names.ts'

/** The limit that was reached, by the kernel's name of what it counts. */
export type LimitedResource = 'memory' | 'memory+swap' | 'kmem'

/** @param version of the control groups, where the dump shows it */
export function limitSetting(
  group: Group,
  resource: LimitedResource,
  version: 1 | 2 | undefined
): string {
  const { place } = group
  if (resource === 'kmem') return 'memory.kmem.limit_in_bytes, which newer kernels do without'
  switch (place.kind) {
    case 'container':
      return ofContainer(group, resource)
    case 'pod':
      return place.manager === 'podman'
        ? 'podman pod create --memory'
        : 'resources.limits.memory of its containers, whose sum the pod has; files on an emptyDir in memory count, too'
    case 'service':
      return ofUnit(place, version)
    case 'scope':
      return place.manager === 'systemd_user' || place.manager === 'systemd'
        ? ofUnit(place, version)
        : ofGroup(resource, version)
    case 'session':
    case 'user':
    case 'slice':
      return ofUnit(place, version)
    case 'guest':
      return ofGuest(place)
    case 'machine':
      return place.manager === 'libvirt'
        ? 'hard_limit in <memtune> of the domain: QEMU needs more than the guest has, so best none'
        : ofGroup(resource, version)
    case 'job':
      return ofJob(place.manager)
    default:
      return ofGroup(resource, version)
  }
}

/** How to learn whose it is, where the id is whole enough to be looked for. */
export function lookUp({ place, within }: Group): string | undefined {
  const pod = [place, ...within].find(one => one.kind === 'pod' && one.manager === 'kubernetes')
  if (pod !== undefined && /^[0-9a-f]{8}-?[0-9a-f]{4}/.test(pod.id)) {
    return `which pod it is: kubectl get pods -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,UID:.metadata.uid | grep ${pod.id}`
  }
  const container = [place, ...within].find(({ kind }) => kind === 'container')
  if (container === undefined || !/^[0-9a-f]{12}$/.test(container.id)) return undefined
  const { id, manager } = container
  if (manager === 'docker') return `which container it is: docker ps -a --filter id=${id}`
  if (manager === 'podman') return `which container it is: podman ps -a --filter id=${id}`
  return manager === 'containerd' || manager === 'cri-o'
    ? `which container it is: crictl ps -a | grep ${id}`
    : undefined
}

function ofContainer({ place, within, qosClass }: Group, resource: LimitedResource): string {
  if (place.manager === 'ecs') return 'memory of the container or task definition'
  const isKubernetes = qosClass !== undefined || within.some(({ kind }) => kind === 'pod')
  if (isKubernetes) return 'resources.limits.memory of the container'
  const swap = resource === 'memory+swap' ? '-swap' : ''
  if (place.manager === 'docker') {
    return `docker run --memory${swap}, or ${swap === '' ? 'mem_limit or deploy.resources.limits.memory' : 'memswap_limit'} in its compose file`
  }
  if (place.manager === 'podman') return `podman run --memory${swap}`
  return 'the memory limit that its runtime was given'
}

function ofUnit({ id, manager }: Place, version: 1 | 2 | undefined): string {
  const property = version === 1 ? 'MemoryLimit=' : 'MemoryMax='
  const user = manager === 'systemd_user' ? ' --user' : ''
  return `${property} of ${id} (systemctl${user} show -p ${property.slice(0, -1)} ${id})`
}

function ofGuest({ manager, id }: Place): string {
  if (manager === 'openvz') return `its memory (vzctl set ${id} --ram, or --physpages)`
  if (manager === 'systemd') return `MemoryMax= of its unit`
  const proxmox = /^\d{3,}$/.test(id) ? `, memory in Proxmox (pct set ${id} --memory)` : ''
  return `limits.memory in LXD and Incus, lxc.cgroup2.memory.max in LXC${proxmox}`
}

function ofJob(manager: Manager | undefined): string {
  switch (manager) {
    case 'slurm':
      return '--mem, --mem-per-cpu or --mem-per-gpu of the job'
    case 'pbs':
      return 'mem of the job’s resources'
    case 'htcondor':
      return 'request_memory of the job'
    case 'nomad':
      return 'memory or memory_max of the task'
    default:
      return 'memory of the task definition'
  }
}

function ofGroup(resource: LimitedResource, version: 1 | 2 | undefined): string {
  if (resource === 'memory+swap') return 'memory.memsw.limit_in_bytes of the group'
  const names = { 1: 'memory.limit_in_bytes', 2: 'memory.max' }
  return version === undefined
    ? 'memory.max of the group (memory.limit_in_bytes in version 1)'
    : `${names[version]} of the group`
}
