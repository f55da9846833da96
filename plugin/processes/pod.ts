/**
 * The pod of a control group: its uid from the path, and its names, where the node's log folders are mounted,
 * from the names in them: `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`, else `/var/log/pods/NAMESPACE_POD_UID`.
 */

import { readdirSync } from 'node:fs'
import type { OomPod } from '../../generated/types.ts'
import { describeGroup } from '../diagnosis/cgroup.ts'

const CONTAINER_LOG = /^([^_]+)_([^_]+)_(.+)-([0-9a-f]{64})\.log$/

/** @returns undefined where it is in no pod */
export function podOf(group: string, logs = '/var/log'): OomPod | undefined {
  const { place, within } = describeGroup(group)
  const places = [place, ...within]
  const pod = places.find(({ kind, manager }) => kind === 'pod' && manager === 'kubernetes')
  if (pod === undefined) return undefined
  const container = places.find(({ kind }) => kind === 'container')
  for (const name of container === undefined ? [] : namesIn(`${logs}/containers`)) {
    const [, podName, namespace, containerName, id] = CONTAINER_LOG.exec(name) ?? []
    if (id?.startsWith(container!.id) !== true) continue
    return { uid: pod.id, name: podName, namespace, container_name: containerName }
  }
  for (const folder of namesIn(`${logs}/pods`)) {
    const [namespace, name, uid] = folder.split('_')
    if (uid === pod.id) return { uid, name, namespace }
  }
  return { uid: pod.id }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
