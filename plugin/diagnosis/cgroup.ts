/**
 * What a control group is, told from its path: a container, a pod, a systemd unit, an LXC guest, a
 * batch job. A group may lie in several of them at once: a container of a pod, a service inside an LXC
 * guest.
 */

import { printable } from '../units.ts'
import { isInner, type Place, placeOf } from './group-names.ts'

export interface Group {
  /** As the kernel has it. */
  readonly path: string
  readonly place: Place
  /** What it lies in, innermost first; only what says more than the place itself. */
  readonly within: readonly Place[]
  readonly qosClass: 'Guaranteed' | 'Burstable' | 'BestEffort' | undefined
}

/** @param path as the event has it: decoded */
export function describeGroup(path: string, kernelRelease?: string): Group {
  const parts = path.split('/').filter(part => part !== '')
  const places: Place[] = []
  let lastAt = -1
  for (let at = 0; at < parts.length; at++) {
    const place = placeOf(parts, at, places)
    if (place === undefined) continue
    places.push(place)
    lastAt = at
  }
  // What is left behind the last place is a part of it, unless it is a name for all of it.
  const isWhole =
    lastAt !== -1 && parts.slice(lastAt + 1).every(part => isInner(part, places.at(-1)!))
  const own = isWhole ? places.pop() : openVz(parts, kernelRelease)
  const within = outer(own, places.reverse())
  return {
    path,
    place: own ?? plain(path, parts, within.length > 0),
    within,
    qosClass: qosOf(own === undefined ? places : [own, ...places], path),
  }
}

/** A group in words, with what it lies in. */
export function groupText({ place, within, qosClass }: Group): string {
  const isOfPod = place.kind === 'pod' || within.some(({ kind }) => kind === 'pod')
  const quality = qosClass !== undefined && isOfPod ? ` (QoS ${qosClass})` : ''
  const around = within
    .slice(0, 3)
    .map(({ kind, label }) => `${kind === 'pod' ? 'of' : 'in'} ${label}`)
  return [place.label, ...around].join(' ') + quality
}

/** Only the kernel's own name tells OpenVZ's groups from others that are called by a number. */
function openVz(parts: readonly string[], release: string | undefined): Place | undefined {
  const last = parts.at(-1) ?? ''
  const isVz = /\d(?:stab\d|\.vz\d|vz\d)/.test(release ?? '') && /^\d+$|^[0-9a-f-]{36}$/.test(last)
  if (!isVz) return undefined
  return { kind: 'guest', manager: 'openvz', id: last, label: `the OpenVZ container ${last}` }
}

function plain(path: string, parts: readonly string[], isInside: boolean): Place {
  const last = parts.at(-1)
  const id = printable(isInside && last !== undefined ? last : path)
  const label = last === undefined ? 'the root of all control groups' : `the control group ${id}`
  return { kind: 'group', manager: undefined, id, label }
}

/** Without what only repeats what the places inside say. */
function outer(own: Place | undefined, places: readonly Place[]): Place[] {
  const kinds = new Set([own, ...places].map(place => place?.kind))
  return places.filter(({ kind }) => {
    if (kind === 'slice' || kind === 'scope' || kind === 'user') return false
    if (kind === 'node_pods' || kind === 'qos') return !kinds.has('pod') && own?.kind !== 'qos'
    // The container's runtime, below whose service its groups may lie.
    return kind !== 'service' || !kinds.has('container')
  })
}

function qosOf(places: readonly Place[], path: string): Group['qosClass'] {
  const isOfPod = places.some(({ kind }) => kind === 'pod' || kind === 'container')
  const rest = /\/(?:[a-z]+-)?kubepods.*/.exec(path)?.[0]
  if (!isOfPod || rest === undefined) return undefined
  if (rest.includes('besteffort')) return 'BestEffort'
  return rest.includes('burstable') ? 'Burstable' : 'Guaranteed'
}
