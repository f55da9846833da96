/** What of the Dockerfiles and of deploy/image can be held against the rest without building. */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8')

for (const name of ['Dockerfile.headless', 'Dockerfile.headful']) {
  test(`${name} says the version of the package, and copies what there is`, () => {
    const text = read(name)
    const { version } = JSON.parse(read('package.json'))
    const versions = [...text.matchAll(/^ARG VERSION=(.*)$/gm)].map(found => found[1])
    assert.ok(versions.length > 0)
    for (const one of versions) assert.equal(one, version)
    for (const [path] of text.matchAll(/deploy\/image\/[\w./-]+/g)) read(path)
  })
}

test('what stands in several stages of the Dockerfiles differs only where it must', () => {
  const both = ['Dockerfile.headless', 'Dockerfile.headful'].map(read)
  const all = both.join('\n')
  const once = (found: Iterable<RegExpMatchArray>, count: number, what: string) => {
    const texts = [...found].map(one => one[1]!.replace(/ +\\$/gm, ''))
    assert.equal(texts.length, count, what)
    assert.deepEqual([...new Set(texts)], [texts[0]], what)
  }
  // A Dockerfile cannot read labels from a file. From the ports on: volume, arguments, labels.
  const labels = all.matchAll(/^EXPOSE 10001\n([\s\S]*?base\.name="\$DEBIAN_IMAGE"\n)/gm)
  const named = /^(LABEL| {5}) org\.opencontainers\.image\.(?:title|description)=".*"/gm
  once(
    [...labels].map(([whole, block]) => [whole, block!.replace(named, '$1')]),
    3,
    'labels'
  )
  once(all.matchAll(/(useradd [\s\S]*?install -d .*)$/gm), 3, 'the user of the API')
  once(all.matchAll(/^(HEALTHCHECK .*)$/gm), 3, 'health')
  once(
    all.matchAll(/^(ARG DEBIAN_IMAGE=[\s\S]*?)\nFROM \$\{DEBIAN_IMAGE\} AS browser/gm),
    2,
    'the build'
  )
})

test('what .dockerignore lets in is enough for the build', t => {
  const context = mkdtempSync(join(tmpdir(), 'sysmon-context-'))
  t.after(() => rmSync(context, { recursive: true }))
  for (const [, path] of read('.dockerignore').matchAll(/^!(.*)$/gm)) {
    cpSync(join(PROJECT, path!), join(context, path!), { recursive: true })
  }
  const json = JSON.parse(read('package.json'))
  assert.match(json.scripts.build, /^tsc -p tsconfig.json && /)
  // Its types are checked elsewhere: this is about the files.
  json.scripts.build = json.scripts.build.replace('tsc', 'tsc --noCheck')
  writeFileSync(join(context, 'package.json'), JSON.stringify(json))
  symlinkSync(join(PROJECT, 'node_modules'), join(context, 'node_modules'))
  execFileSync('npm', ['run', 'build'], { cwd: context, stdio: 'pipe' })
  // What deploy/image/assemble takes.
  for (const path of ['bundle', 'docs', 'ui', 'plugin/cli/sysmon.js', 'shim/main.cjs'].map(path =>
    join(context, 'dist', path)
  )) {
    assert.ok(existsSync(path), path)
  }
})

test('DEBIAN_SNAPSHOT: the sources of the base, of a day', t => {
  const apt = mkdtempSync(join(tmpdir(), 'sysmon-apt-'))
  t.after(() => rmSync(apt, { recursive: true }))
  for (const folder of ['sources.list.d', 'apt.conf.d']) mkdirSync(join(apt, folder))
  const file = join(apt, 'sources.list.d/debian.sources')
  const uris = () => [...readFileSync(file, 'utf8').matchAll(/^URIs: (.*)$/gm)].map(one => one[1])
  // As Debian's image has it.
  writeFileSync(
    file,
    ['debian', 'debian-security'].map(one => `URIs: http://deb.debian.org/${one}\n`).join('')
  )
  const use = (DEBIAN_SNAPSHOT: string) =>
    spawnSync(join(PROJECT, 'deploy/image/use-snapshot'), [apt], {
      env: { ...process.env, DEBIAN_SNAPSHOT },
      encoding: 'utf8',
    })
  assert.equal(use('').status, 0)
  assert.match(use('yesterday').stderr, /must be a time such as 20261120T000000Z, not yesterday/)
  assert.equal(uris()[0], 'http://deb.debian.org/debian')
  assert.equal(use('20261120T000000Z').status, 0)
  assert.deepEqual(uris(), [
    'http://snapshot.debian.org/archive/debian/20261120T000000Z',
    'http://snapshot.debian.org/archive/debian-security/20261120T000000Z',
  ])
})

test('the launchers are shell that can be parsed, and can be started', () => {
  const folder = join(PROJECT, 'deploy/image/bin')
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    const shell = /^#!\/bin\/(sh|bash)\n/.exec(text)?.[1]
    if (shell !== undefined) execFileSync(shell, ['-n', join(folder, name)])
    assert.ok(shell !== undefined || /^#!\/usr\/bin\/python3\n|^# settings/.test(text), name)
  }
})

test('no service of the images is expected to end or soon given up, and each keeps its log for root', () => {
  for (const name of readdirSync(join(PROJECT, 'deploy/image/services'))) {
    const text = read(`deploy/image/services/${name}`)
    if (text.includes('[eventlistener:')) continue
    assert.match(text, /^exitcodes=254$/m, name)
    // supervisord's own 3 are over after six seconds: all outlive a minute that memory is short for.
    assert.ok(Number(/^startretries=(\d+)$/m.exec(text)?.[1]) >= 12, name)
    assert.match(
      text,
      /^stdout_logfile=(?:\/var\/log\/supervisord\/[a-z]+\.log|\/dev\/fd\/1)$/m,
      name
    )
  }
})

test('the shim of the images differs from the shipped configuration by what its file says', () => {
  const settings = (path: string) =>
    new Map(
      read(path)
        .split('\n')
        .filter(line => /^\w+=/.test(line))
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
    )
  const shipped = settings('shim/supervisord-shim.conf')
  const own = settings('deploy/image/services/supervisord-shim.conf')
  const differing = [...new Set([...shipped.keys(), ...own.keys()])].filter(
    name => shipped.get(name) !== own.get(name)
  )
  assert.deepEqual(differing, ['events', 'stderr_logfile'])
})

test('the seccomp profile is one of the runtime specification: without conditions', () => {
  const profile = JSON.parse(read('deploy/seccomp.json'))
  const allowed = new Set<string>()
  for (const { names, action, args, ...rest } of profile.syscalls) {
    assert.deepEqual(
      Object.keys(rest).filter(key => key !== 'errnoRet'),
      []
    )
    if (action === 'SCMP_ACT_ALLOW' && args === undefined) for (const one of names) allowed.add(one)
  }
  for (const name of ['clone', 'clone3', 'unshare', 'chroot']) assert.ok(allowed.has(name), name)
  for (const name of ['mount', 'setns', 'bpf', 'keyctl', 'reboot'])
    assert.ok(!allowed.has(name), name)
})
