/** Arguments of the subcommands: one way to parse them, one kind of error for wrong ones. */

import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What the user typed is wrong; the message says what to type. Exit status 2. */
export class UsageError extends Error {}

/** As `util.parseArgs`, with errors that name the mend. @throws {UsageError} */
export function parseOptions<T extends ParseArgsConfig>(
  config: T
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see --help`)
  }
}

/** An integer from the environment. @throws {UsageError} naming the variable */
export function integerVariable(name: string, fallback: number, max: number): number {
  const value = process.env[name]
  if (value === undefined || value === '') return fallback
  const number = Number(value)
  if (/^\d+$/.test(value) && number <= max) return number
  throw new UsageError(
    `the environment variable ${name} must be an integer from 0 to ${max}, not "${value}"`
  )
}

/**
 * A secret, from the variable of that name or from the file that `..._FILE` names. An empty variable is as
 * good as none; an empty file is not.
 *
 * @throws {UsageError} naming the variable
 */
export function secretVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env
): string | undefined {
  const text = env[name]
  if (text) return text
  const file = env[`${name}_FILE`]
  if (!file) return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const reason = (error as Error).message
    throw new UsageError(
      `the environment variable ${name}_FILE must name a file that can be read: ${reason}`
    )
  }
}
