/** Commands that tests need of the system and npm does not bring: installed as root on Debian. */

import { execFileSync, spawnSync } from 'node:child_process'

/** Command: the Debian package that brings it. */
export type Needed = Readonly<Record<string, string>>

export function isThere(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0
}

/** @returns the packages that are still missing: not root, or not Debian */
export function installMissing(needed: Needed): string[] {
  const missing = Object.keys(needed).filter(command => !isThere(command))
  const packages = [...new Set(missing.map(command => needed[command]!))]
  if (packages.length === 0) return []
  if (process.getuid?.() !== 0 || !isThere('apt-get')) return packages
  console.log(`installing what the tests need of the system: ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  })
  return []
}
