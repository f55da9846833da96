/**
 * The way of an event: kernel log and publishers to the publisher, by the journal into the stream.
 * Opened with what the state folder holds, started when the application is ready.
 */

import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { faultOf, killOfPage } from './devtools/kill-of-page.ts'
import { DevToolsWatcher } from './devtools/watcher.ts'
import { warmUpDiagnosis } from './diagnosis/warm-up.ts'
import { InvalidOptionError } from './errors.ts'
import { ALWAYS_CAPTURED } from './events/types.ts'
import { Journal, type JournalHistory } from './journal/journal.ts'
import { lossEvent } from './journal/loss.ts'
import { readBootId } from './machine/boot-id.ts'
import { ownContainer } from './machine/own-container.ts'
import { machinePageSizeKb } from './machine/page-size.ts'
import { seesKernelPids } from './machine/pid-namespace.ts'
import type { ResolvedOptions } from './options.ts'
import { PressureWatcher } from './pressure/watcher.ts'
import { ProcessTable } from './processes/table.ts'
import { identify, identifyCrash } from './processes/victim.ts'
import { Sinks } from './sinks/sinks.ts'
import { SpoolProgress } from './state/spool-progress.ts'
import { openStateFolder, type StateFolder } from './state/state-folder.ts'
import { Publisher, type PublisherOptions } from './stream/publisher.ts'
import { EventStream } from './stream/stream.ts'
import { containerKillCounter } from './watch/kill-counter.ts'
import { deathOfService, killOfService } from './watch/kill-of-service.ts'
import { type KillPublisherOptions, killPublisher } from './watch/kill-publisher.ts'
import { ownKills } from './watch/own-kills.ts'
import { KmsgWatcher } from './watch/watcher.ts'

export interface Pipeline {
  readonly stream: EventStream
  readonly publisher: Publisher
  /** Absent when no kernel log is to be watched. */
  readonly watcher: KmsgWatcher | undefined
  /** Absent when no browser is to be watched. */
  readonly devtools: DevToolsWatcher | undefined
  /** Absent when nothing is kept on disk. */
  readonly journal: Journal | undefined
  readonly sinks: Sinks
  /** The state folder, where there is one that can be used. */
  readonly stateDir: string | undefined
  /** Why the state folder cannot be used. */
  readonly stateError: string | undefined
  readonly spoolProgress: SpoolProgress
  /** Begins to watch and to deliver. Never rejects: what fails is in the log and in the health. */
  start(): Promise<void>
  /** Takes the last events of the kernel log; sinks linger no more. */
  stopWatching(): void
  /** Closes what is on disk, after the last event. */
  close(): Promise<void>
}

export async function openPipeline(
  options: ResolvedOptions,
  log: FastifyBaseLogger,
  onPublished: PublisherOptions['onPublished']
): Promise<Pipeline> {
  const bootId = readBootId()
  const { folder, error: folderError } = await openFolder(options, log)
  const opened = openJournal(options, log, folder, bootId, loss => {
    if (loss.uncertain !== undefined) stream.uncertain.add(loss.uncertain)
    publisher.publish(lossEvent(loss), 'server')
  })
  const { journal, history } = opened
  const stream = new EventStream({
    capacity: options.ringEvents,
    maxBytes: options.ringBytes,
    store: journal,
    history,
  })
  // For the kernel's kills; and there is /proc on Linux only.
  const isWanted = options.kmsgPath !== false && process.platform === 'linux'
  const processes = options.processes && isWanted ? new ProcessTable(log) : undefined
  const nameOfProcess = (pid: number) => processes?.nameOf(pid)
  const publisher: Publisher = new Publisher(stream, {
    store: journal,
    sessionId: process.env.SYSMON_TELEMETRY_SESSION_ID || undefined,
    killOf(input) {
      const find = () => killOfService(publisher.kills, input, seesKernelPids, nameOfProcess)
      const known = find()
      if (known !== undefined) return known
      // Both may have come in one turn of the event loop.
      watcher?.readNow()
      return find()
    },
    faultOf: input => deathOfService(publisher.crashes, input),
    onPublished,
    onKeyReused: ({ seq, type }, firstSeq) =>
      log.warn(
        { seq, type, firstSeq },
        'an event has the identity of an earlier one and other data: both are published'
      ),
  })
  publisher.restore([...(history?.earlier ?? []), ...(history?.events ?? [])])
  const sinks = new Sinks(options, { stream, publisher, stateDir: folder?.path, log })
  const stateDir = folder?.path
  const sharesPids = seesKernelPids()
  const own = ownKills(ownContainer(), containerKillCounter())
  if (own === undefined && options.scope === 'container') {
    throw new InvalidOptionError('scope', 'must be machine: this is no container that can be told')
  }
  const watcher = openWatcher(options, log, {
    publisher,
    store: journal,
    bootId,
    stateDir,
    scope: options.scope,
    isOfContainer: own && ((facts, isReplayed) => own.isOwn(facts, isReplayed)),
    identify: (facts, ts) => identify(facts, ts, processes, sharesPids),
    identifyCrash: (data, ts) => identifyCrash(data, ts, processes, sharesPids),
  })
  const devtools = openDevTools(options, log, publisher)
  const pressure = options.memoryPressure
    ? new PressureWatcher({
        fullPercent: options.memoryPressureFull,
        forMs: options.memoryPressureFor,
        log,
        table: processes,
        pageSizeKb: machinePageSizeKb(),
        onlyPageUrl: () => devtools?.onlyPageUrl,
        onPressure: event => publisher.publish(event, 'server'),
      })
    : undefined
  let isStopped = false
  const stopWatching = () => {
    isStopped = true
    watcher?.close()
    devtools?.close()
    processes?.close()
    pressure?.close()
  }
  return {
    stream,
    publisher,
    watcher,
    devtools,
    journal,
    sinks,
    stateDir: folder?.path,
    stateError: folderError ?? opened.error,
    spoolProgress: new SpoolProgress(),
    async start() {
      // Fastify gets to it, too, where the application is closed before it was ready.
      if (isStopped) return
      watcher?.start()
      devtools?.start()
      pressure?.start()
      journal
        ?.verify()
        .catch(reason => log.error({ err: reason }, 'the journal cannot be verified'))
      await sinks.load()
      sinks.start()
      // Once the application listens.
      setImmediate(() => {
        processes?.start()
        if (watcher !== undefined) warmUpDiagnosis()
      })
    },
    stopWatching() {
      sinks.stopLingering()
      stopWatching()
    },
    async close() {
      stopWatching()
      await sinks.close(options.sinkTimeout)
      await journal?.close()
      folder?.release()
    },
  }
}

async function openFolder(
  { stateDir }: ResolvedOptions,
  log: FastifyBaseLogger
): Promise<{ folder?: StateFolder; error?: string }> {
  if (stateDir === false) return {}
  const opened = await openStateFolder(stateDir, log)
  return 'error' in opened ? { error: opened.error } : { folder: opened }
}

function openJournal(
  options: ResolvedOptions,
  log: FastifyBaseLogger,
  state: StateFolder | undefined,
  bootId: string | undefined,
  onLoss: ConstructorParameters<typeof Journal>[2]
): { journal?: Journal; history?: JournalHistory; error?: string } {
  if (state === undefined) return {}
  const { journalBytes, journalAge, journalCategories, journalSync } = options
  const journal = new Journal(
    {
      folder: join(state.path, 'journal'),
      bootId: bootId ?? '',
      categories: new Set([...ALWAYS_CAPTURED, ...journalCategories]),
      maxBytes: journalBytes,
      maxAge: journalAge,
      sync: journalSync,
    },
    log,
    onLoss
  )
  try {
    // Their keys, and which numbers were never given, are known again; few of them stay in memory.
    const bounds = { events: options.ringEvents, bytes: options.ringBytes }
    return { journal, history: journal.open(bounds) }
  } catch (error) {
    log.error(
      { err: error, stateDir: state.path },
      'events are kept in memory only: the journal cannot be read'
    )
    return { error: (error as Error).message }
  }
}

function openWatcher(
  { kmsgPath: path, kmsgHistory: history, kmsgCrashes: crashes }: ResolvedOptions,
  log: FastifyBaseLogger,
  parts: Omit<KillPublisherOptions, 'log' | 'pageSizeKb'> & { stateDir: string | undefined }
): KmsgWatcher | undefined {
  if (path === false) return undefined
  const { bootId, stateDir } = parts
  const handlers = killPublisher({ ...parts, log, pageSizeKb: machinePageSizeKb() })
  return new KmsgWatcher({ path, bootId, stateDir, history, crashes }, log, handlers)
}

function openDevTools(
  { devtools: url, devtoolsUrls: addresses }: ResolvedOptions,
  log: FastifyBaseLogger,
  publisher: Publisher
): DevToolsWatcher | undefined {
  if (url === false) return undefined
  return new DevToolsWatcher({ url, addresses }, log, {
    onCrash(event) {
      const published = publisher.publish(event, 'devtools')
      const fields = { seq: published?.seq, ...(event.data as object) }
      log.warn(fields, `the browser tells: ${event.type}`)
    },
    findKill: killOfPage(publisher.kills),
    findFault: faultOf(publisher.crashes),
  })
}
