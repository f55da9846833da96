/**
 * Run before the tests: what they need of the system and npm does not bring. As root on Debian it is
 * installed; elsewhere the names are printed, and tests that miss theirs skip with the reason.
 */

import { execFileSync, spawnSync } from 'node:child_process'

/** Command: the Debian package that brings it. */
const NEEDED: Readonly<Record<string, string>> = {
  curl: 'curl',
  faketime: 'faketime',
  supervisord: 'supervisor',
}

function isThere(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0
}

const missing = Object.keys(NEEDED).filter(command => !isThere(command))
if (missing.length > 0) {
  const packages = [...new Set(missing.map(command => NEEDED[command]!))]
  if (process.getuid?.() === 0 && isThere('apt-get')) {
    console.log(`installing what the tests need of the system: ${packages.join(' ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
  } else {
    console.log(
      `tests that need ${packages.join(', ')} will be skipped: install them, or run as root on Debian`
    )
  }
}
