/** Text of a browser's messages, which may be long and is not to be trusted. */

/**
 * A copy of the beginning of a text: a slice would keep all of a message in memory, which may be
 * megabytes.
 */
export function copied(text: string, maxChars: number): string {
  return Buffer.from(text.slice(0, maxChars)).toString()
}
