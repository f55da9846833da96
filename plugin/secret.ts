/** Secrets of the environment: in a variable, or in the file that `..._FILE` names. */

import { readFileSync } from 'node:fs'

/**
 * An empty variable is as good as none; an empty file is not.
 *
 * @throws {Error} for a file that cannot be read, naming the variable
 */
export function secretFromEnv(
  name: string,
  env: Readonly<Record<string, string | undefined>>
): string | undefined {
  const text = env[name]
  if (text) return text
  const file = env[`${name}_FILE`]
  if (!file) return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(
      `the environment variable ${name}_FILE must name a file that can be read: ${reason}`
    )
  }
}
