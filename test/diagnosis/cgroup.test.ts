/** What a control group is, by its path, and which setting its limit has with whoever manages it. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeGroup, groupText } from '../../plugin/diagnosis/cgroup.ts'
import { limitSetting, lookUp } from '../../plugin/diagnosis/limits.ts'

const ID = '25a38b5b8d556d7983d975577f5ac75ebbcfb4b269e6deaa0a0440c1ffc969ca'
const POD = '10d16a28-60ff-475f-a631-510d9792219f'
const POD_ = POD.replaceAll('-', '_')
const USER = '/user.slice/user-1000.slice/user@1000.service/app.slice'

/** Path, what it is called, and which setting its limit has. */
const GROUPS: Array<[path: string, text: string, setting: RegExp]> = [
  // docker, podman, containerd, CRI-O: cgroupfs and systemd
  [`/docker/${ID}`, 'the container 25a38b5b8d55 (docker)', /docker run --memory\b/],
  [`/system.slice/docker-${ID}.scope`, 'the container 25a38b5b8d55 (docker)', /docker run/],
  [`/docker/${ID}/init`, 'the container 25a38b5b8d55 (docker)', /docker run/],
  [`/docker/buildkit/${ID}`, 'the container 25a38b5b8d55 (docker)', /docker run/],
  [
    `/docker/${ID}/leaf`,
    'the control group leaf in the container 25a38b5b8d55 (docker)',
    /memory\.max/,
  ],
  [
    `/docker/${ID}/system.slice/app.service`,
    'the service app.service in the container 25a38b5b8d55 (docker)',
    /MemoryMax= of app\.service/,
  ],
  [
    `/machine.slice/libpod-${ID}.scope/container`,
    'the container 25a38b5b8d55 (podman)',
    /podman run/,
  ],
  [`/libpod_parent/libpod-${ID}`, 'the container 25a38b5b8d55 (podman)', /podman run/],
  [
    `${USER.replace('app.slice', 'user.slice')}/libpod-${ID}.scope`,
    'the container 25a38b5b8d55 (podman)',
    /podman run/,
  ],
  [`/machine.slice/machine-libpod_pod_${ID}.slice`, 'the pod 25a38b5b8d55 (podman)', /podman pod/],
  [`/k8s.io/${ID}`, 'the container 25a38b5b8d55 (containerd)', /its runtime/],
  [`/ecs/8f3/${ID}`, 'the container 25a38b5b8d55 (ecs) in the ECS task 8f3', /task definition/],
  // Kubernetes
  ['/kubepods.slice', 'all pods of this node together (kubepods.slice)', /./],
  ['/kubepods', 'all pods of this node together (kubepods)', /./],
  ['/kubepods.slice/kubepods-burstable.slice', 'all Burstable pods of this node together', /./],
  ['/kubepods/besteffort', 'all BestEffort pods of this node together', /./],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice`,
    `the pod ${POD} (QoS Burstable)`,
    /resources\.limits\.memory of its containers/,
  ],
  [`/kubepods/pod${POD}`, `the pod ${POD} (QoS Guaranteed)`, /of its containers/],
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/cri-containerd-${ID}.scope`,
    `the container 25a38b5b8d55 (containerd) of the pod ${POD} (QoS BestEffort)`,
    /resources\.limits\.memory of the container/,
  ],
  [
    `/kubepods.slice/kubepods-pod${POD_}.slice/crio-${ID}.scope/container`,
    `the container 25a38b5b8d55 (cri-o) of the pod ${POD} (QoS Guaranteed)`,
    /resources\.limits\.memory/,
  ],
  [
    `/kubepods/burstable/pod${POD}/${ID}`,
    `the container 25a38b5b8d55 of the pod ${POD} (QoS Burstable)`,
    /resources\.limits\.memory/,
  ],
  [
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${POD_}.slice`,
    `the pod ${POD} (QoS Guaranteed)`,
    /resources\.limits\.memory/,
  ],
  [
    `/docker/k1/kubelet/kubepods/pod1/c1`,
    'the container c1 of the pod 1 in the container k1 (docker) (QoS Guaranteed)',
    /resources\.limits\.memory/,
  ],
  [
    `/system.slice/containerd.service/kubepods-burstable-pod${POD_}.slice:cri-containerd:${ID}`,
    `the container 25a38b5b8d55 (containerd) of the pod ${POD}`,
    /resources\.limits\.memory/,
  ],
  // systemd
  ['/system.slice/mysql.service', 'the service mysql.service', /MemoryMax= of mysql\.service/],
  [
    `${USER}/run-u640.service`,
    'the service run-u640.service of the user 1000',
    /systemctl --user show -p MemoryMax run-u640\.service/,
  ],
  [
    '/user.slice/user-504.slice/session-2.scope',
    'the login session 2 of the user 504 (session-2.scope)',
    /MemoryMax=/,
  ],
  [
    '/user.slice/user-1000.slice',
    'all of the user 1000 (user-1000.slice)',
    /MemoryMax= of user-1000/,
  ],
  ['/user.slice', 'all users together (user.slice)', /MemoryMax= of user\.slice/],
  ['/batch.slice', 'the slice batch.slice', /MemoryMax= of batch\.slice/],
  [
    `${USER}/app-gnome-firefox-1234.scope`,
    'the application firefox of the user 1000 (app-gnome-firefox-1234.scope)',
    /MemoryMax=/,
  ],
  [
    `${USER}/snap.firefox.firefox-1e0a.scope`,
    'the snap firefox of the user 1000 (snap.firefox.firefox-1e0a.scope)',
    /MemoryMax=/,
  ],
  ['/system.slice/snap.lxd.daemon.service', 'the service snap.lxd.daemon.service', /MemoryMax=/],
  ['/init.scope', 'the systemd (init.scope)', /MemoryMax=/],
  // LXC, LXD, Incus, machines
  ['/lxc/703', 'the LXC guest 703', /pct set 703 --memory/],
  ['/lxc/703/ns', 'the LXC guest 703', /limits\.memory in LXD/],
  ['/lxc.payload.web', 'the LXC guest web', /limits\.memory in LXD/],
  [
    '/lxc/703/ns/system.slice/app.service',
    'the service app.service in the LXC guest 703',
    /MemoryMax= of app\.service/,
  ],
  [
    `/lxc/703/ns/system.slice/docker-${ID}.scope`,
    'the container 25a38b5b8d55 (docker) in the LXC guest 703',
    /docker run/,
  ],
  [
    '/machine.slice/machine-qemu\\x2d1\\x2dwin10.scope/libvirt/emulator',
    'the virtual machine win10 (libvirt)',
    /hard_limit/,
  ],
  [
    '/machine.slice/machine-qemu\\x2d7\\x2db\\xc3\\xbcro\\xe9.scope',
    'the virtual machine büro\\xe9 (libvirt)',
    /hard_limit/,
  ],
  ['/qemu.slice/101.scope', 'the virtual machine 101 (Proxmox)', /memory\.max/],
  ['/machine.slice/systemd-nspawn@box.service', 'the machine box', /MemoryMax=/],
  // batch jobs
  ['/slurm/uid_1000/job_42/step_0/task_0', 'the Slurm job 42', /--mem/],
  ['/system.slice/slurmstepd.scope/job_42/step_batch/user/task_0', 'the Slurm job 42', /--mem/],
  // nobody's that is known
  ['/leaker', 'the control group /leaker', /memory\.max of the group/],
  ['/', 'the root of all control groups', /./],
  ['/apps/uid_10123/pid_4567', 'the process 4567 of the Android user 10123', /./],
]

describe('what a group is', () => {
  for (const [path, text, setting] of GROUPS) {
    test(path, () => {
      const group = describeGroup(path)
      assert.equal(groupText(group), text)
      assert.match(limitSetting(group, 'memory', undefined), setting)
    })
  }

  test("a number is OpenVZ's only where the kernel is", () => {
    assert.equal(groupText(describeGroup('/1066')), 'the control group /1066')
    const ofVz = describeGroup('/1066', '3.10.0-1127.18.2.vz7.163.46')
    assert.equal(groupText(ofVz), 'the OpenVZ container 1066')
    assert.match(limitSetting(ofVz, 'memory', 1), /vzctl/)
  })

  test('escapes in a path are made visible', () => {
    for (const path of [
      '/\x1b[2J',
      '/docker/\x1b[2J',
      '/lxc/\x1b[2J',
      '/kubepods/pod\x1b[2J/\x9b1m',
    ]) {
      const group = describeGroup(path)
      const all = groupText(group) + limitSetting(group, 'memory', 2) + (lookUp(group) ?? '')
      assert.doesNotMatch(all, /[\x00-\x1f\x7f-\x9f]/)
    }
  })

  test('no path makes it throw, or takes long', () => {
    const parts = GROUPS.flatMap(([path]) => path.split('/'))
    for (let at = 0; at < parts.length; at++) {
      describeGroup(`/${parts.slice(at, at + 6).join('/')}`)
      describeGroup(`/${parts[at]!}`.repeat(400))
    }
  })
})

describe('which setting its limit has', () => {
  test('by the version of the control groups, where that is known', () => {
    const group = describeGroup('/leaker')
    assert.match(limitSetting(group, 'memory', 1), /^memory\.limit_in_bytes/)
    assert.match(limitSetting(group, 'memory', 2), /^memory\.max/)
    assert.match(
      limitSetting(describeGroup('/system.slice/a.service'), 'memory', 1),
      /^MemoryLimit=/
    )
  })

  test('for memory and swap together, and for the memory of the kernel', () => {
    assert.match(limitSetting(describeGroup('/leaker'), 'memory+swap', 1), /memsw/)
    assert.match(limitSetting(describeGroup(`/docker/${ID}`), 'memory+swap', 1), /--memory-swap/)
    assert.match(limitSetting(describeGroup(`/docker/${ID}`), 'kmem', 1), /kmem/)
  })
})

test('how to find whose it is, only by an id that can be looked for', () => {
  assert.match(
    lookUp(describeGroup(`/docker/${ID}`)) ?? '',
    /docker ps -a --filter id=25a38b5b8d55/
  )
  assert.match(lookUp(describeGroup(`/kubepods/pod${POD}/${ID}`)) ?? '', new RegExp(`grep ${POD}`))
  assert.match(lookUp(describeGroup(`/system.slice/crio-${ID}.scope`)) ?? '', /crictl/)
  for (const path of [
    '/docker/c1',
    '/kubepods/pod1',
    '/leaker',
    '/system.slice/a.service',
    `/garden/${ID}`,
  ]) {
    assert.equal(lookUp(describeGroup(path)), undefined, path)
  }
})
