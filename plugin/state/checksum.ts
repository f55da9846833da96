/**
 * A checksum in front of the fields of a JSON object, by which damage to a file shows:
 *
 *     {"crc32":"1c291ca3","n":42,...}
 *
 * It is the CRC-32 (ISO 3309, as zlib and gzip have it) of all the bytes after it, to the closing brace.
 */

import { crc32 } from 'node:zlib'

/** Bytes of `{"crc32":"1c291ca3",`. */
const HEAD_BYTES = 20
const HEAD = /^\{"crc32":"([0-9a-f]{8})",$/

/** What comes before the rest of the object. @param sum of the rest */
export function checksumHead(sum: number): Buffer {
  return Buffer.from(`{"crc32":"${sum.toString(16).padStart(8, '0')}",`)
}

/** The bytes after the checksum, or undefined where they are not what it says. */
export function checkedRest(line: Buffer): Buffer | undefined {
  const sum = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES))?.[1]
  const rest = line.subarray(HEAD_BYTES)
  return sum !== undefined && crc32(rest) === Number.parseInt(sum, 16) ? rest : undefined
}
