/**
 * Stand-ins for the base images, for machines that reach a Debian mirror and the npm registry but no
 * image registry: `debian:bookworm-slim` made by debootstrap, and `node:NN-bookworm-slim` from it
 * with the Node.js of the npm package `node`. The Dockerfiles do not know of them.
 */

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CACHE, output, PROJECT, run } from './engine.ts'

const MIRROR = 'http://deb.debian.org'

/** As in the image of the registry: the updates too, and no documentation. */
const SOURCES = `Types: deb
URIs: ${MIRROR}/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: ${MIRROR}/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`
const SLIM = `path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
`

/** Makes those that are not there. */
export function ensureBases(): void {
  const { debian, node } = basesOf('Dockerfile.headless')
  ensureDebian(debian)
  ensureNode(node, debian)
}

/** @returns the names of the bases as a Dockerfile has them */
export function basesOf(dockerfile: string): { debian: string; node: string } {
  const text = readFileSync(join(PROJECT, dockerfile), 'utf8')
  const [, debian] = /^ARG DEBIAN_IMAGE=(.*)$/m.exec(text) ?? []
  const [, node] = /^ARG NODE_IMAGE=(.*)$/m.exec(text) ?? []
  if (debian === undefined || node === undefined) throw new Error(`${dockerfile} names no bases`)
  return { debian, node }
}

function hasImage(name: string): boolean {
  return output('buildah', ['images', '--format', '{{.Name}}:{{.Tag}}']).split('\n').includes(name)
}

function ensureDebian(image: string): void {
  if (hasImage(image)) return
  console.error(`making a stand-in for ${image} from ${MIRROR} (a minute, once)`)
  const tree = join(CACHE, 'debian')
  const archive = join(CACHE, 'debian.tar')
  rmSync(tree, { recursive: true, force: true })
  output('debootstrap', [
    '--variant=minbase',
    '--include=ca-certificates',
    'bookworm',
    tree,
    `${MIRROR}/debian`,
  ])
  rmSync(join(tree, 'etc/apt/sources.list'), { force: true })
  writeFileSync(join(tree, 'etc/apt/sources.list.d/debian.sources'), SOURCES)
  writeFileSync(join(tree, 'etc/dpkg/dpkg.cfg.d/docker'), SLIM)
  output('sh', [
    '-c',
    'cd "$1" && rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/*_* usr/share/man/* usr/share/locale/* && tar -cf "$2" .',
    'sh',
    tree,
    archive,
  ])
  run('podman', ['import', '--quiet', archive, image])
  rmSync(tree, { recursive: true })
  rmSync(archive)
}

function ensureNode(image: string, debian: string): void {
  if (hasImage(image)) return
  const major = /\/node:(\d+)-/.exec(image)?.[1]
  console.error(`making a stand-in for ${image} from the npm package node@${major}`)
  const tree = join(CACHE, 'node')
  rmSync(tree, { recursive: true, force: true })
  const local = join(tree, 'usr/local')
  mkdirSync(join(local, 'bin'), { recursive: true })
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true })
  const packages = join(CACHE, 'packages')
  output('npm', ['install', '--prefix', packages, '--no-save', '--silent', `node@${major}`, 'npm'])
  const binary = realpathSync(join(packages, 'node_modules/node/bin/node'))
  cpSync(binary, join(local, 'bin/node'))
  cpSync(join(packages, 'node_modules/npm'), join(local, 'lib/node_modules/npm'), {
    recursive: true,
  })
  // npm must trust whom this machine trusts. Only the build stage is made from this image.
  const authorities = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(authorities)) cpSync(authorities, join(tree, 'etc/machine-authorities.pem'))
  writeFileSync(
    join(CACHE, 'node.dockerfile'),
    `FROM ${debian}
COPY . /
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/machine-authorities.pem
`
  )
  const build = ['bud', '--quiet', '--isolation', 'chroot', '-f', join(CACHE, 'node.dockerfile')]
  run('buildah', [...build, '-t', image, tree])
  rmSync(tree, { recursive: true })
  rmSync(packages, { recursive: true })
}
