/**
 * Run before the tests: what they need of the system and npm does not bring. As root on Debian it is
 * installed; elsewhere the names are printed, and tests that miss theirs skip with the reason. With
 * `SYSMON_REAL_PARTS=1`, as CI sets it, the servers that the sinks deliver to are built too, and what
 * generates clients is installed.
 */

import { installMissing } from './install.ts'
import { haveRealParts } from './real-parts.ts'

const missing = installMissing({
  chromium: 'chromium',
  curl: 'curl',
  faketime: 'faketime',
  strace: 'strace',
  supervisord: 'supervisor',
  'systemd-analyze': 'systemd',
})
if (missing.length > 0) {
  console.log(
    `tests that need ${missing.join(', ')} will be skipped: install them, or run as root on Debian`
  )
}
if (process.env.SYSMON_REAL_PARTS === '1' && !haveRealParts()) process.exitCode = 1
