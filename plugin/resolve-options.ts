/** From what a host gives to what the plugin takes: defaults, and what is refused at registration. */

import { didYouMean } from './did-you-mean.ts'
import { InvalidOptionError } from './errors.ts'
import { type OptionSchema, optionChecker, unknownOption } from './option-schema.ts'
import { OPTIONS, type ResolvedOptions } from './options.ts'
import { FROM_ENVIRONMENT } from './sinks/registry.ts'
import type { SysmonOptions } from './types.ts'

const NAMES = Object.keys(OPTIONS)
const check = optionChecker({ type: 'object', properties: OPTIONS })

/**
 * Names that are none of ours are the host's: @fastify/autoload hands its own options to every plugin.
 *
 * @param onForeign told of them
 * @throws {InvalidOptionError} naming the option
 */
export function resolveOptions(
  given: SysmonOptions,
  onForeign: (names: readonly string[]) => void
): ResolvedOptions {
  const foreign = Object.keys(given).filter(name => !Object.hasOwn(OPTIONS, name))
  for (const name of foreign) {
    if (didYouMean(name, NAMES) !== undefined) {
      throw new InvalidOptionError(name, unknownOption(name, NAMES))
    }
  }
  if (foreign.length > 0) onForeign(foreign)
  const set = Object.entries(given).filter(([name, value]) => {
    return value !== undefined && Object.hasOwn(OPTIONS, name)
  })
  // Of these the sinks find out by themselves, and do not fail the server.
  const ours = set.filter(([, value]) => value !== FROM_ENVIRONMENT)
  const wrong = check(Object.fromEntries(ours))
  if (wrong !== undefined) throw new InvalidOptionError(wrong.path, wrong.what)
  const stateDir = process.env.SYSMON_STATE_DIR || OPTIONS.stateDir.default
  return { ...defaults(), stateDir, ...Object.fromEntries(set) } as ResolvedOptions
}

function defaults(): Record<string, unknown> {
  const options: readonly [string, OptionSchema][] = Object.entries(OPTIONS)
  return Object.fromEntries(options.map(([name, row]) => [name, structuredClone(row.default)]))
}
