/** What the release of a kernel tells of its distribution and architecture. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { architectureOf, distributionOf } from '../../plugin/diagnosis/distribution.ts'

const RELEASES: ReadonlyArray<readonly [string, string | undefined, string | undefined]> = [
  ['3.10.0-957.10.1.el7.x86_64', 'RHEL 7 or one made of it', 'x86-64'],
  ['5.4.17-2136.307.3.4.el8uek.x86_64', 'Oracle Linux 8 (Unbreakable Enterprise Kernel)', 'x86-64'],
  ['6.12.0-55.9.1.el10_0.aarch64', 'RHEL 10 or one made of it', 'arm64'],
  ['6.1.0-51-amd64', 'Debian', 'x86-64'],
  ['6.16.9+deb14-amd64', 'Debian', 'x86-64'],
  ['5.4.0-29-generic', 'Ubuntu', undefined],
  ['5.8.0-1036-azure', 'Ubuntu (azure)', undefined],
  ['5.11.18-100.fc32.x86_64', 'Fedora 32', 'x86-64'],
  ['6.16.8-arch3-1', 'Arch Linux', 'x86-64'],
  ['6.6.16-2-MANJARO', 'Manjaro', undefined],
  ['6.8.12-4-pve', 'Proxmox', 'x86-64'],
  ['5.15.90.1-microsoft-standard-WSL2', 'WSL', undefined],
  ['5.14.21-150400.24.60-default', 'SUSE', undefined],
  ['6.12.38-talos', 'Talos', undefined],
  ['4.19.57-v7l+', 'Raspberry Pi OS', 'arm, 32 bits'],
  ['6.6.31-0-lts', 'Alpine', undefined],
  ['4.1.10', undefined, undefined],
]

for (const [release, distribution, architecture] of RELEASES) {
  test(`${release}: ${distribution}, ${architecture}`, () => {
    assert.deepEqual(
      [distributionOf(release), architectureOf(release)],
      [distribution, architecture]
    )
  })
}

test('nothing of a kernel that is not known', () => {
  assert.deepEqual([distributionOf(undefined), architectureOf(undefined)], [undefined, undefined])
})
