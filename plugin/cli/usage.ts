/** Arguments of the subcommands: one way to parse them, one kind of error for wrong ones. */

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { secretFromEnv } from '../secret.ts'

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

/** As {@link secretFromEnv}. @throws {UsageError} naming the variable */
export function secretVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env
): string | undefined {
  try {
    return secretFromEnv(name, env)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
