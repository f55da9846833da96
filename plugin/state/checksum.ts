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
const SUM_BEGIN = SUM_END - SUM_DIGITS
const DIGITS = Buffer.from('0123456789abcdef')
/** What a byte is worth as a digit; -1: it is none. */
const WORTH = new Int8Array(256).fill(-1)
for (const [worth, digit] of DIGITS.entries()) WORTH[digit] = worth

/** Puts the checksum in front of the rest of the object, which lies after {@link HEAD_BYTES} and ends at `end`. */
export function putChecksum(bytes: Buffer, end: number): void {
  writeHead(bytes, crc32(bytes.subarray(HEAD_BYTES, end)))
}

/** The bytes after the checksum, or undefined where they are not what it says. */
export function checkedRest(line: Buffer): Buffer | undefined {
  return isSound(line) ? line.subarray(HEAD_BYTES) : undefined
}

/** Whether a line begins with a checksum, and what follows is what that says. */
export function isSound(line: Buffer): boolean {
  if (line.length < HEAD_BYTES) return false
  for (let at = 0; at < SUM_BEGIN; at++) if (line[at] !== EMPTY_HEAD[at]) return false
  for (let at = SUM_END; at < HEAD_BYTES; at++) if (line[at] !== EMPTY_HEAD[at]) return false
  let sum = 0
  for (let at = SUM_BEGIN; at < SUM_END; at++) {
    const worth = WORTH[line[at]!]!
    if (worth < 0) return false
    sum = (sum << 4) | worth
  }
  return sum >>> 0 === crc32(line.subarray(HEAD_BYTES))
}

function writeHead(bytes: Buffer, sum: number): void {
  bytes.set(EMPTY_HEAD)
  // By hand: `toString(16)` divides doubles, since a checksum may be above 2^31.
  let rest = sum
  for (let at = SUM_END - 1; at >= SUM_BEGIN; at--) {
    bytes[at] = DIGITS[rest & 15]!
    rest >>>= 4
  }
}
