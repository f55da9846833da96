/** Which pod a control group is of, with its names where the node's logs are mounted. */

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { podOf } from '../../plugin/processes/pod.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ID = 'ab12'.repeat(16)
const UID = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1'
const GROUP = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope`

test('by uid alone; by the folders of pods; by the logs of containers, which tell most', t => {
  const logs = temporaryFolder(t)
  assert.deepEqual(podOf(GROUP, logs), { uid: UID })
  mkdirSync(join(logs, 'pods', `shop_cart-5d9f_${UID}`), { recursive: true })
  mkdirSync(join(logs, 'pods', 'shop_other-1_00000000-4b5a-4978-8695-a4b3c2d1e0f1'))
  assert.deepEqual(podOf(GROUP, logs), { uid: UID, name: 'cart-5d9f', namespace: 'shop' })
  mkdirSync(join(logs, 'containers'))
  writeFileSync(join(logs, 'containers', `other-1_shop_app-${'ef'.repeat(32)}.log`), '')
  writeFileSync(join(logs, 'containers', `cart-5d9f_shop_app-main-${ID}.log`), '')
  assert.deepEqual(podOf(GROUP, logs), {
    uid: UID,
    name: 'cart-5d9f',
    namespace: 'shop',
    container_name: 'app-main',
  })
})

test('what is in no pod has none', () => {
  for (const group of ['/docker/ab', '/system.slice/x.service', '/']) {
    assert.equal(podOf(group), undefined)
  }
})
