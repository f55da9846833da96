/**
 * The events of many machines: the streams of a basin whose names begin alike. What is in them when
 * the reading begins comes in the order of time over all of them; what comes later, as it comes.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadFrom, ReadRecord, S2Basin } from '@s2-dev/streamstore'
import { Backoff } from '../../backoff.ts'
import type { FleetRequest } from '../fleet.ts'
import { isCommand } from './s2-record.ts'

export interface FleetOptions extends FleetRequest {
  readonly prefix: string
  /** Milliseconds after which new streams are looked for. */
  readonly discoverMs?: number
}

/** Records held of each stream while histories are merged. */
const RECORDS_A_READ = 50
const READS_AT_ONCE = 32
const DISCOVER_MS = 5000
/** The wait before a request is made again. */
const RETRY = { firstMs: 250, lastMs: 10_000, hasJitter: true }
const REQUEST_MS = 10_000
/** Of one request, before the listing or the histories are given up. */
const ATTEMPTS = 5
/** A client's errors that are none of its faults; the SDK calls 499 what was given up. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 499])

/** Ends only by an error: of the first listing, which shows whether token and basin are right. */
export async function followFleet(basin: S2Basin, options: FleetOptions): Promise<never> {
  const { since, discoverMs = DISCOVER_MS, onTrouble } = options
  const first = await streamNames(basin, options)
  const starts =
    since === undefined
      ? await inParallel(first, name => tailOf(basin, name, options))
      : await mergeHistories(basin, first, since, options)
  const known = new Set(first)
  for (const [index, name] of first.entries()) follow(basin, name, starts[index]!, options)
  for (;;) {
    await sleep(discoverMs)
    try {
      for (const name of await streamNames(basin, options)) {
        if (known.has(name)) continue
        known.add(name)
        follow(basin, name, 0, options)
      }
    } catch (error) {
      onTrouble(`the streams cannot be listed: ${(error as Error).message}`)
    }
  }
}

async function streamNames(basin: S2Basin, { prefix, onTrouble }: FleetOptions): Promise<string[]> {
  const names: string[] = []
  for (let startAfter = ''; ; ) {
    const { streams, hasMore } = await attempt(onTrouble, signal =>
      basin.streams.list({ prefix, startAfter }, { signal })
    )
    for (const { name, deletedAt } of streams) {
      if (deletedAt === null || deletedAt === undefined) names.push(name)
    }
    if (!hasMore || streams.length === 0) return names
    startAfter = streams[streams.length - 1]!.name
  }
}

/** The position after the last record; 0 where the stream was deleted meanwhile. */
async function tailOf(basin: S2Basin, name: string, { onTrouble }: FleetOptions): Promise<number> {
  try {
    const { tail } = await attempt(onTrouble, signal => basin.stream(name).checkTail({ signal }))
    return tail.seqNum
  } catch (error) {
    if ((error as { code?: string }).code === 'stream_not_found') return 0
    throw error
  }
}

interface History {
  readonly name: string
  readonly tail: number
  next: number | undefined
  records: ReadRecord<'bytes'>[]
}

/** @returns for each stream the position after what was given out */
async function mergeHistories(
  basin: S2Basin,
  names: readonly string[],
  since: number,
  options: FleetOptions
): Promise<number[]> {
  const histories = await inParallel(names, async (name): Promise<History> => {
    const history: History = {
      name,
      tail: await tailOf(basin, name, options),
      next: undefined,
      records: [],
    }
    await fill(basin, history, { timestamp: since }, options)
    return history
  })
  for (;;) {
    let oldest: History | undefined
    for (const history of histories) {
      const [record] = history.records
      if (record === undefined) continue
      if (oldest === undefined || record.timestamp < oldest.records[0]!.timestamp) oldest = history
    }
    if (oldest === undefined) break
    const record = oldest.records.shift()!
    if (!isCommand(record)) options.onRecord({ stream: oldest.name, body: record.body })
    if (oldest.records.length === 0 && oldest.next !== undefined && oldest.next < oldest.tail) {
      await fill(basin, oldest, { seqNum: oldest.next }, options)
    }
  }
  return histories.map(({ next, tail }) => next ?? tail)
}

async function fill(
  basin: S2Basin,
  history: History,
  from: ReadFrom,
  { onTrouble }: FleetOptions
): Promise<void> {
  try {
    const input = { start: { from }, stop: { limits: { count: RECORDS_A_READ } } }
    const { records } = await attempt(onTrouble, signal =>
      basin.stream(history.name).read(input, { as: 'bytes', signal })
    )
    history.records = [...records]
    const last = records[records.length - 1]
    if (last !== undefined) history.next = last.seqNum + 1
  } catch (error) {
    // Nothing is there since then, or the stream was deleted meanwhile.
    const { status, code } = error as { status?: number; code?: string }
    if (status !== 416 && code !== 'stream_not_found') throw error
  }
}

/** Goes on by itself, also after errors, from where it was. */
async function follow(
  basin: S2Basin,
  name: string,
  start: number,
  { onRecord, onTrouble }: FleetOptions
): Promise<void> {
  let next = start
  const backoff = new Backoff(RETRY)
  for (;;) {
    try {
      const stream = basin.stream(name)
      const from = { seqNum: next }
      for await (const record of await stream.readSession({ start: { from } }, { as: 'bytes' })) {
        next = record.seqNum + 1
        backoff.reset()
        if (!isCommand(record)) onRecord({ stream: name, body: record.body })
      }
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (code === 'stream_not_found') return
      onTrouble(`${name}: ${message}`)
    }
    await sleep(backoff.next())
  }
}

/**
 * One request, with a deadline, and again while S2 is only out of reach or busy: thousands are made
 * before the first event is shown. @throws the last error
 */
async function attempt<T>(
  onTrouble: FleetOptions['onTrouble'],
  request: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const backoff = new Backoff(RETRY)
  for (;;) {
    // Not AbortSignal.timeout(): that keeps no process alive.
    const deadline = new AbortController()
    const timer = setTimeout(
      () => deadline.abort(new Error(`no answer in ${REQUEST_MS / 1000} s`)),
      REQUEST_MS
    )
    try {
      return await request(deadline.signal)
    } catch (error) {
      const { status = 0 } = error as { status?: number }
      const isRefused = status >= 400 && status < 500 && !PASSING.has(status)
      if (isRefused || backoff.failures === ATTEMPTS - 1) throw error
      onTrouble((error as Error).message)
    } finally {
      clearTimeout(timer)
    }
    await sleep(backoff.next())
  }
}

async function inParallel<T>(
  names: readonly string[],
  work: (name: string) => Promise<T>
): Promise<T[]> {
  const results: T[] = new Array(names.length)
  const rest = names.entries()
  const lane = async () => {
    for (const [index, name] of rest) results[index] = await work(name)
  }
  await Promise.all(Array.from({ length: READS_AT_ONCE }, lane))
  return results
}
