/** What package.json says of this package, read where it is asked for: seldom. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface PackageInfo {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
}

export function packageInfo(): PackageInfo {
  const path = fileURLToPath(import.meta.resolve('fastify-sysmon/package.json'))
  return JSON.parse(readFileSync(path, 'utf8')) as PackageInfo
}

/** `npm install ...` of packages that it works with and does not bring, in the versions that it takes. */
export function installLine(names: readonly string[]): string {
  const { peerDependencies } = packageInfo()
  const specs = names.map(name => `${name}@${shortest(peerDependencies[name] ?? 'latest')}`)
  return `npm install ${specs.join(' ')}`
}

/** `^2.12.1` as `2`, `^0.27.0` as `0.27`: what no shell takes for more than it is. */
function shortest(range: string): string {
  const [, major, minor] = /^\^(\d+)\.(\d+)\./.exec(range) ?? []
  if (major === undefined) return range
  return major === '0' ? `0.${minor}` : major
}
