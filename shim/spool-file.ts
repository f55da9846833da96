/**
 * One file of the spool: a checksum, and an event as it is posted. This format is the project's own:
 *
 *     fnv1a-32:HHHHHHHH
 *     {"type":"service_crashed", ...}
 *
 * The checksum (http://www.isthe.com/chongo/tech/comp/fnv/) is that of the second line's UTF-8
 * bytes, without its newline. It tells a file that was torn by a power cut or damaged later from an
 * event; it is no defence against somebody who may write to the spool.
 */

const CONTENT = /^fnv1a-32:([0-9a-f]{8})\n(.*)\n$/s

/** @param body the event's JSON, one line */
export function encodeSpoolFile(body: string): string {
  return `fnv1a-32:${checksum(body)}\n${body}\n`
}

/** @returns the event's JSON, or undefined when the file is torn or damaged */
export function decodeSpoolFile(content: string): string | undefined {
  const [, sum, body] = CONTENT.exec(content) ?? []
  return body !== undefined && sum === checksum(body) ? body : undefined
}

const PRIME = 0x01000193
const OFFSET_BASIS = 0x811c9dc5

function checksum(text: string): string {
  let hash = OFFSET_BASIS
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, PRIME)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
