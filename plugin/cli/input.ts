/** The lines of a file or of standard input, as a stream: memory does not grow with either. */

import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { pipeline, type Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import {
  type Encoding,
  type FileType,
  formatOf,
  HEAD_BYTES,
  type Packing,
} from '../explain/log/file-type.ts'
import { LineSplitter } from '../explain/log/line-splitter.ts'
import { UsageError } from './usage.ts'

type Bytes = AsyncIterable<Buffer>

/** Programs that unpack what Node cannot. */
const TOOLS: Readonly<Record<Packing, string>> = {
  gzip: 'gzip',
  zstd: 'zstd',
  xz: 'xz',
  bzip2: 'bzip2',
  lz4: 'lz4',
}
/** Of a file, read at once. */
const CHUNK_BYTES = 256 * 1024
/** An archive in an archive in an archive is no log. */
const MAX_LAYERS = 3

/**
 * @param file path, or `-` for standard input; packed (gzip, zstd, xz, bzip2, lz4) or not, UTF-16 or not, or
 *   a journal of systemd's
 * @param onLine gets each line without its break, one character per byte: names in the log may be no
 *   UTF-8
 * @param passOver is asked at the beginning of a line where the next that is wanted begins
 * @throws {UsageError} when it cannot be read
 */
export async function eachLine(
  file: string,
  onLine: (line: string) => void,
  passOver: (chunk: Buffer, from: number) => number
): Promise<void> {
  const input: Readable =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES })
  const splitter = new LineSplitter(onLine, passOver)
  try {
    for await (const chunk of await textOf(input, file)) splitter.push(chunk)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`cannot read ${nameOf(file)}: ${(error as Error).message}`)
  }
  splitter.end()
}

async function textOf(input: Readable, file: string): Promise<Bytes> {
  let bytes: Bytes = input
  for (let layer = 0; layer <= MAX_LAYERS; layer++) {
    const { head, whole } = await peeked(bytes)
    const format = formatOf(head)
    if (format.noLog !== undefined) {
      throw new UsageError(`${nameOf(file)} is ${format.noLog}`)
    }
    if (format.isJournal === true) {
      input.destroy()
      return journal(file, layer > 0)
    }
    if (format.packing === undefined) return decoded(whole, format)
    bytes = unpacked(whole, format.packing)
  }
  throw new UsageError(`${nameOf(file)} is packed more than ${MAX_LAYERS} times`)
}

function decoded(bytes: Bytes, { encoding }: FileType): Bytes {
  return encoding === undefined ? bytes : fromUtf16(bytes, encoding)
}

/** As UTF-8. */
async function* fromUtf16(bytes: Bytes, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) {
    yield Buffer.from(decoder.decode(chunk, { stream: true }))
  }
  yield Buffer.from(decoder.decode())
}

/** The first bytes, and all of them once more. */
async function peeked(bytes: Bytes): Promise<{ head: Buffer; whole: Bytes }> {
  const chunks = bytes[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  let isEnd = false
  while (head.length < HEAD_BYTES && !isEnd) {
    const { value, done } = await chunks.next()
    isEnd = done === true
    if (!isEnd) head = Buffer.concat([head, value as Buffer])
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head
    if (isEnd) return
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      yield next.value
    }
  }
  return { head: head.subarray(0, HEAD_BYTES), whole: whole() }
}

function unpacked(bytes: Bytes, packing: Packing): Bytes {
  const own = packing === 'gzip' ? zlib.createGunzip() : packing === 'zstd' ? zstd() : undefined
  // An error of the file reaches the reader through the pipeline.
  if (own !== undefined) return pipeline(bytes, own, () => {})
  return outputOf(TOOLS[packing], ['-dc'], bytes)
}

/** Of Node 22.15 and later. */
function zstd(): Transform | undefined {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }
  return createZstdDecompress?.()
}

/** A journal is read in place: the parts of its file point to each other. */
function journal(file: string, isPacked: boolean): Bytes {
  if (file === '-' || isPacked) {
    const mend = isPacked ? 'unpack it' : 'name its file, or pipe the output of journalctl in'
    throw new UsageError(`${nameOf(file)} is a journal of systemd: ${mend}`)
  }
  return outputOf('journalctl', ['--file', file, '--output', 'json', '--quiet'], undefined)
}

/** What a program makes of its input. @throws where it is not installed, or fails */
async function* outputOf(
  command: string,
  args: readonly string[],
  input: Bytes | undefined
): AsyncGenerator<Buffer> {
  const child = spawn(command, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(0, 500)
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  // It is asked for below; until then a failure must not be nobody's.
  ended.catch(() => undefined)
  if (input !== undefined) pipeline(input, child.stdin!, () => {})
  try {
    for await (const chunk of child.stdout!) yield chunk as Buffer
    const status = await ended
    if (status !== 0) throw new Error(said.trim() || `${command} ended with status ${status}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`that takes ${command}, which is not installed here`)
  } finally {
    child.kill()
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file
}
