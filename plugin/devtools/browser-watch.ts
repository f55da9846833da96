/** One run of a browser, from the connection to its end: which of its pages crash, and of what. */

import type { FastifyBaseLogger } from 'fastify'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { type AddressDetail, cutAddress } from './address.ts'
import { childCrashedEvent, childCrashes } from './child-crash.ts'
import { type Counts, countsOf, crashesBetween, QUERIES } from './crash-counts.ts'
import { type CrashReport, crashReportOf, pageCrashedEvent, signalOf } from './page-crash.ts'
import { type BrowserProcess, ProcessList } from './process-list.ts'
import { Session } from './session.ts'
import { isAskedToEnd } from './signals.ts'
import { isPage, type Target, Targets, targetInfoOf } from './targets.ts'

/** How long the browser has for what a connection begins with, and for what is asked now and then. */
const CALL_TIMEOUT_MS = 30_000
/** What is asked about a crash: the event goes out without what is not answered by then. */
const CRASH_TIMEOUT_MS = 250
/** How often its processes are asked for, and how soon after something changed. */
const POLL_MS = 2000
/** So long after a process vanished the browser has counted how it ended. */
const COUNTED_MS = 300
const CHANGED_MS = 500
/** A browser that was asked to end, its children with it, is gone by then. */
const ENDING_MS = 1500
/** Crashes of which something is still being found out. */
const MAX_PENDING = 1000

/** Only what can be told of: workers end with their pages, and the browser's own windows are no pages. */
const WATCHED = ['page', 'iframe', 'webview', 'background_page'].map(type => ({ type }))

/** Finds the fault that the kernel logged of a process of the browser. */
export type FindFault = (process: {
  readonly ts: number
  readonly pid: number | undefined
  readonly browserPid: number | undefined
}) => number | undefined

/** Finds the kernel's kill of a renderer that died at `ts`. */
export type FindKill = (renderer: {
  readonly ts: number
  /** As the browser sees it. */
  readonly pid: number | undefined
  readonly browserPid: number | undefined
}) => Promise<number | undefined>

export interface BrowserWatchOptions {
  readonly addresses: AddressDetail
  readonly log: FastifyBaseLogger
  readonly onCrash: (event: TelemetryEventInput) => void
  readonly findKill: FindKill
  readonly findFault: FindFault
  readonly onClose: (reason: string) => void
}

export class BrowserWatch {
  readonly #options: BrowserWatchOptions
  readonly #targets = new Targets()
  readonly #processes = new ProcessList()
  #session!: Session
  #pollTimer: NodeJS.Timeout | undefined
  #changedTimer: NodeJS.Timeout | undefined
  #listing: Promise<readonly BrowserProcess[]> | undefined
  #counts: Counts | undefined
  /** Processes of its own that are gone, and were not counted yet. */
  #gone: BrowserProcess[] = []
  #goneTimer: NodeJS.Timeout | undefined
  #pending = 0
  #isClosed = false

  private constructor(options: BrowserWatchOptions) {
    this.#options = options
  }

  /**
   * @returns undefined where it closed meanwhile, which is told as later
   * @throws with what is wrong, in words
   */
  static async open(
    url: string,
    signal: AbortSignal,
    options: BrowserWatchOptions
  ): Promise<BrowserWatch | undefined> {
    const watch = new BrowserWatch(options)
    watch.#session = await Session.open(
      url,
      {
        onEvent: (method, params) => watch.#onEvent(method, params),
        onClose: reason => watch.#onClose(reason),
      },
      signal
    )
    try {
      await watch.#begin()
    } catch (error) {
      // Which is told.
      watch.#session.close((error as Error).message)
      return undefined
    }
    return watch.#isClosed ? undefined : watch
  }

  get pages(): number {
    return this.#targets.size
  }

  get onlyPageUrl(): string | undefined {
    const only = this.#targets.onlyPage
    return only === undefined ? undefined : cutAddress(only.url, this.#options.addresses)
  }

  close(): void {
    this.#session.close('the server is shutting down')
  }

  async #begin(): Promise<void> {
    const filtered = { discover: true, filter: WATCHED }
    await this.#session
      .call('Target.setDiscoverTargets', filtered, CALL_TIMEOUT_MS)
      // Browsers before 2022 know no filter.
      .catch(() =>
        this.#session.call('Target.setDiscoverTargets', { discover: true }, CALL_TIMEOUT_MS)
      )
    // Electron and others know no such calls: what they would tell is left out then.
    await this.#list(CALL_TIMEOUT_MS).catch(() => [])
    this.#counts = await this.#count().catch(() => undefined)
    this.#pollTimer = setInterval(() => this.#poll(), POLL_MS)
    this.#pollTimer.unref()
  }

  #onClose(reason: string): void {
    this.#isClosed = true
    clearInterval(this.#pollTimer)
    clearTimeout(this.#changedTimer)
    clearTimeout(this.#goneTimer)
    this.#options.onClose(reason)
  }

  #onEvent(method: string, params: unknown): void {
    switch (method) {
      case 'Target.targetCreated':
      case 'Target.targetInfoChanged': {
        const info = targetInfoOf((params as { targetInfo?: unknown } | undefined)?.targetInfo)
        if (info === undefined) return
        if (this.#targets.see(info)) this.#onChange()
        return
      }
      case 'Target.targetDestroyed': {
        this.#targets.remove(String((params as { targetId?: unknown } | undefined)?.targetId))
        this.#onChange()
        return
      }
      case 'Target.targetCrashed': {
        const report = crashReportOf(params)
        if (report !== undefined) this.#onCrash(report)
      }
    }
  }

  /** Soon after targets changed the list of processes is made anew, once for many changes. */
  #onChange(): void {
    this.#processes.change()
    if (this.#changedTimer !== undefined || this.#isClosed) return
    this.#changedTimer = setTimeout(() => {
      this.#changedTimer = undefined
      this.#poll()
    }, CHANGED_MS)
    this.#changedTimer.unref()
  }

  #poll(): void {
    this.#list(CALL_TIMEOUT_MS).catch(error => {
      // Electron and others have no SystemInfo: pids are left out then. Who does not answer hangs.
      if (/was not answered/.test((error as Error).message)) this.#session.close(String(error))
    })
  }

  /** Asks for the processes, once for all who want to know now. @returns who is gone */
  #list(timeoutMs: number): Promise<readonly BrowserProcess[]> {
    if (this.#listing !== undefined) return this.#listing
    const take = this.#processes.begin()
    this.#listing = this.#session
      .call('SystemInfo.getProcessInfo', undefined, timeoutMs)
      .then(answer => {
        const gone = take(answer, performance.now())
        this.#onGone(gone.filter(({ type }) => type !== 'renderer' && type !== 'browser'))
        return gone
      })
      .finally(() => {
        this.#listing = undefined
      })
    return this.#listing
  }

  #onGone(gone: readonly BrowserProcess[]): void {
    if (gone.length === 0 || this.#counts === undefined || this.#isClosed) return
    this.#gone.push(...gone)
    this.#goneTimer ??= setTimeout(() => {
      this.#goneTimer = undefined
      this.#tellOfChildren().catch(error =>
        this.#options.log.debug({ err: error }, 'how a process of the browser ended is not known')
      )
    }, COUNTED_MS)
    this.#goneTimer.unref()
  }

  async #tellOfChildren(): Promise<void> {
    const gone = this.#gone
    this.#gone = []
    const before = this.#counts
    const after = await this.#count()
    this.#counts = after
    if (before === undefined) return
    const ts = Date.now() * 1000
    const { browserPid } = this.#processes
    for (const crash of childCrashes(crashesBetween(before, after), gone)) {
      // The kernel's own line says more of the same.
      const pid = crash.process?.pid
      if (this.#options.findFault({ ts, pid, browserPid }) !== undefined) continue
      this.#options.onCrash(childCrashedEvent(crash, ts))
    }
  }

  async #count(): Promise<Counts> {
    const answers = QUERIES.map(query =>
      this.#session.call('Browser.getHistograms', { query }, CALL_TIMEOUT_MS)
    )
    return countsOf(await Promise.all(answers))
  }

  #onCrash(report: CrashReport): void {
    const target = this.#targets.crash(report.targetId)
    if (target === undefined || this.#pending >= MAX_PENDING) return
    this.#pending++
    this.#tell(report, target, Date.now() * 1000)
      .catch(error => this.#options.log.error({ err: error }, 'a crash of a page is not told'))
      .finally(() => {
        this.#pending--
      })
  }

  async #tell(report: CrashReport, known: Target, ts: number): Promise<void> {
    const [target, pid] = await Promise.all([this.#lookUp(known), this.#findPid()])
    const signal = signalOf(report)
    const { findKill, onCrash, addresses } = this.#options
    const { browserPid } = this.#processes
    const isKilled = signal === 'SIGKILL'
    const oomKillSeq = isKilled ? await findKill({ ts, pid, browserPid }) : undefined
    if (isAskedToEnd(signal) && (await this.#isEnding())) return
    const faultSeq = this.#options.findFault({ ts, pid, browserPid })
    onCrash(pageCrashedEvent({ report, target, ts, pid, oomKillSeq, faultSeq }, addresses))
  }

  /** The title that it had last, which the browser tells of only with something else. */
  async #lookUp(known: Target): Promise<Target> {
    try {
      const { targetInfo } = await this.#session.call(
        'Target.getTargetInfo',
        { targetId: known.id },
        CRASH_TIMEOUT_MS
      )
      const info = targetInfoOf(targetInfo)
      if (info === undefined || !isPage(info)) return known
      // Its address may be by now the one that it died of, or of which there is no page any more.
      return { ...known, url: known.url || info.url, title: info.title || known.title }
    } catch {
      return known
    }
  }

  async #findPid(): Promise<number | undefined> {
    try {
      // One that was asked for before does not tell.
      if (this.#listing !== undefined) await within(this.#listing, CRASH_TIMEOUT_MS)
      await within(this.#list(CALL_TIMEOUT_MS), CRASH_TIMEOUT_MS)
    } catch {
      return undefined
    }
    return this.#processes.vanishedRenderer(performance.now())
  }

  /** Whether the browser itself was asked to end, with all its processes: pages end then, as they should. */
  async #isEnding(): Promise<boolean> {
    await new Promise(resolve => {
      setTimeout(resolve, ENDING_MS).unref()
    })
    if (this.#isClosed) return true
    try {
      await this.#session.call('Browser.getVersion', undefined, CALL_TIMEOUT_MS)
      return false
    } catch {
      return true
    }
  }
}

async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not in time')), ms)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
