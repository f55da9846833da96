/** Whose control group the kernel's path is, as engines mount their files into a container. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ContainerFacts, ownContainer } from '../../plugin/machine/own-container.ts'
import { ownKills } from '../../plugin/watch/own-kills.ts'

const ID = 'ab12'.repeat(16)
const OTHER = 'cd34'.repeat(16)
const POD = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1'
const FACTS: ContainerFacts = {
  mountinfo: undefined,
  cgroup: '0::/\n',
  isMachinesView: false,
  hasOwnPids: true,
  hostname: 'host',
}
const mounted = (root: string, at: string) => `700 690 254:1 ${root} ${at} rw - ext4 /dev/vda rw\n`

test('docker, podman: by the id in what is mounted', () => {
  for (const line of [
    mounted(`/var/lib/docker/containers/${ID}/hostname`, '/etc/hostname'),
    mounted(`/overlay-containers/${ID}/userdata/.containerenv`, '/run/.containerenv'),
  ]) {
    const own = ownContainer({ ...FACTS, mountinfo: line })
    assert.equal(own?.owns(`/docker/${ID}`), true)
    assert.equal(own?.owns(`/system.slice/docker-${ID}.scope`), true)
    assert.equal(own?.owns(`/libpod_parent/libpod-${ID}/inner`), true)
    assert.equal(own?.owns(`/docker/${OTHER}`), false)
    assert.equal(own?.owns(undefined), undefined)
  }
})

test('Kubernetes: by the pod, whose sandbox has the id that is mounted', () => {
  const mountinfo =
    mounted(`/var/lib/kubelet/pods/${POD}/etc-hosts`, '/etc/hosts') +
    mounted(`/io.containerd.grpc.v1.cri/sandboxes/${OTHER}/hostname`, '/etc/hostname')
  const own = ownContainer({ ...FACTS, mountinfo })
  const slice = `kubepods-burstable-pod${POD.replaceAll('-', '_')}.slice`
  assert.equal(own?.owns(`/kubepods.slice/${slice}/cri-containerd-${ID}.scope`), true)
  assert.equal(own?.owns(`/kubepods/burstable/pod${POD}/${ID}`), true)
  assert.equal(own?.owns(`/kubepods/burstable/pod${POD.replace('0f', 'aa')}/${ID}`), false)
})

test('where the machine’s own paths are seen, by the path', () => {
  const cgroup = `5:cpu:/x\n4:memory:/docker/${ID}\n0::/\n`
  const own = ownContainer({ ...FACTS, cgroup, isMachinesView: true })
  assert.equal(own?.owns(`/docker/${ID}`), true)
  assert.equal(own?.owns(`/docker/${ID}/below`), true)
  assert.equal(own?.owns(`/docker/${ID}beside`), false)
})

test('docker’s short id as the host’s name', () => {
  const own = ownContainer({ ...FACTS, hostname: ID.slice(0, 12) })
  assert.equal(own?.owns(`/docker/${ID}`), true)
  assert.equal(own?.owns(`/docker/${OTHER}`), false)
})

test('a machine is no container', () => {
  const mountinfo = mounted('/etc/hostname', '/etc/hostname')
  assert.equal(ownContainer({ ...FACTS, mountinfo, hasOwnPids: false }), undefined)
})

test('where the group does not tell, the kernel’s count of the container’s kills does', () => {
  let count = 5
  const own = ownKills(ownContainer(FACTS), { read: () => count })
  const kill = { task_memcg: '/somewhere' }
  assert.equal(own?.isOwn(kill, false), false)
  count = 7
  assert.equal(own?.isOwn(kill, true), undefined, 'of before')
  assert.deepEqual(
    [own?.isOwn(kill, false), own?.isOwn({}, false), own?.isOwn(kill, false)],
    [true, true, false]
  )
})
