/** The lines of a file or of standard input, as a stream: memory does not grow with either. */

import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LineSplitter } from './line-splitter.ts'
import { UsageError } from './usage.ts'

const GZIP = Buffer.from([0x1f, 0x8b])

/**
 * @param file path, or `-` for standard input; compressed with gzip or not
 * @param onLine gets each line without its break, one character per byte: names in the log may be no
 *   UTF-8
 * @throws {UsageError} when it cannot be read
 */
export async function eachLine(file: string, onLine: (line: string) => void): Promise<void> {
  const input: Readable = file === '-' ? process.stdin : createReadStream(file)
  const splitter = new LineSplitter(onLine)
  try {
    for await (const chunk of await plain(input)) {
      splitter.push((chunk as Buffer).toString('latin1'))
    }
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`)
  }
  splitter.end()
}

/** Uncompressed, whatever it was: told by its first two bytes. */
async function plain(input: Readable): Promise<AsyncIterable<unknown>> {
  const chunks = input[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let isEnd = false
  while (head.length < GZIP.length && !isEnd) {
    const { value, done } = await chunks.next()
    isEnd = done === true
    if (!isEnd) head = Buffer.concat([head, value as Buffer])
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head
    if (isEnd) return
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      yield next.value as Buffer
    }
  }
  // An error of the file reaches the reader through the pipeline.
  return head.subarray(0, 2).equals(GZIP) ? pipeline(whole(), createGunzip(), () => {}) : whole()
}
