/**
 * Run before the tests: what they need of the system and npm does not bring. As root on Debian it is
 * installed; elsewhere the names are printed, and tests that miss theirs skip with the reason.
 */

import { installMissing } from './install.ts'

const missing = installMissing({
  curl: 'curl',
  faketime: 'faketime',
  supervisord: 'supervisor',
})
if (missing.length > 0) {
  console.log(
    `tests that need ${missing.join(', ')} will be skipped: install them, or run as root on Debian`
  )
}
