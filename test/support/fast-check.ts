/**
 * fast-check for the tests of properties, which import it from here: they start from a fixed seed, so
 * that a run of the tests does not hang on luck. `npm run fuzz` gives them others by `SYSMON_SEED`.
 */

import fc from 'fast-check'

const DEFAULT_SEED = 20_260_101

const given = process.env.SYSMON_SEED
const seed = given === undefined || given === '' ? DEFAULT_SEED : Number(given)
if (!Number.isSafeInteger(seed)) throw new Error(`SYSMON_SEED must be an integer, not ${given}`)
fc.configureGlobal({ seed })

export default fc
