/** The events of a fleet from its S2 streams, as the environment names them: `sysmon tail --s2`. */

import type { FleetRequest } from '../fleet.ts'
import { loadS2, openBasin, toSinkError } from './s2-client.ts'
import { resolveS2, s2OptionsFromEnv } from './s2-config.ts'
import { followFleet } from './s2-fleet.ts'
import { DEFAULT_STREAM } from './s2-options.ts'

/** @throws {SinkError} where S2 refuses, or its variables are wrong */
export async function followS2(env: NodeJS.ProcessEnv, request: FleetRequest): Promise<never> {
  const { S2_STREAM = DEFAULT_STREAM } = env
  const prefix = request.prefix ?? S2_STREAM.split('{', 1)[0]!
  // Which streams are read does not depend on this machine's own names.
  const target = resolveS2(s2OptionsFromEnv({ ...env, S2_STREAM: 'any' }), env)
  const basin = openBasin(await loadS2(), target)
  const onTrouble = (message: string) => request.onTrouble(`S2: ${message}`)
  try {
    return await followFleet(basin, { ...request, prefix, onTrouble })
  } catch (error) {
    throw toSinkError(error, target)
  }
}
