/**
 * A checksum in front of the fields of a JSON object, by which damage to a file shows:
 *
 *     {"crc32":"1c291ca3","n":42,...}
 *
 * It is the CRC-32 (ISO 3309, as zlib and gzip have it) of all the bytes after it, to the closing brace.
 */

import { crc32 } from 'node:zlib'

/** Bytes of `{"crc32":"1c291ca3",`. */
export const HEAD_BYTES = 20
const SUM_DIGITS = 8
const EMPTY_HEAD = Buffer.from('{"crc32":"00000000",')
/** Where the digits end in it. */
const SUM_END = HEAD_BYTES - '",'.length
const DIGITS = Buffer.from('0123456789abcdef')
const HEAD = /^\{"crc32":"([0-9a-f]{8})",$/

/** Puts the checksum in front of the rest of the object, which lies after {@link HEAD_BYTES} and ends at `end`. */
export function putChecksum(bytes: Buffer, end: number): void {
  bytes.set(EMPTY_HEAD)
  let sum = crc32(bytes.subarray(HEAD_BYTES, end))
  // By hand: `toString(16)` divides doubles, since a checksum may be above 2^31.
  for (let at = SUM_END - 1; at >= SUM_END - SUM_DIGITS; at--) {
    bytes[at] = DIGITS[sum & 15]!
    sum >>>= 4
  }
}

/** The bytes after the checksum, or undefined where they are not what it says. */
export function checkedRest(line: Buffer): Buffer | undefined {
  const sum = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES))?.[1]
  return sum !== undefined && isChecksum(sum, line) ? line.subarray(HEAD_BYTES) : undefined
}

/** @param sum eight hexadecimal digits, as `line` begins with */
export function isChecksum(sum: string, line: Buffer): boolean {
  return crc32(line.subarray(HEAD_BYTES)) === Number.parseInt(sum, 16)
}
