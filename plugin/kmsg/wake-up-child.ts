/**
 * The child process that wakes this one when the kernel log has a new record.
 *
 * The records are read by this process, without blocking; a child `dd` that blocks on the device in
 * our place only wakes us when one comes. Chosen by measurement (Node 20, p50 from the write to the
 * callback; CPU of 10 idle seconds):
 *
 *     `fs.createReadStream`              1.8 ms    21 ms    a pool thread for ever, never closes
 *     `readSync` every 100 ms            91 ms     32 ms    closes at once
 *     child `dd`, its output parsed      2.4 ms    0.5 ms   a turn of the event loop for each record
 *     child `dd` that only wakes us      the same, but a dump of 100 records is read in one turn:
 *                                        an OOM kill is 1 to 2 ms earlier at the SSE client
 *     native epoll addon + `readSync`    1.8 ms    15 ms    closes at once, needs a compiler
 *     `dmesg --follow --raw`             2.7 ms    0.8 ms   drops the sequence numbers
 *
 * The child costs some 2 MB of memory, and nothing is lost when it dies: the records are not in it.
 * Where there is no `dd`, the device is looked at every 100 ms instead.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { openKmsg, READ_BYTES } from './device.ts'

const NEWLINE = 0x0a
/** Time in ms in which further wake-ups are not lastSeen. */
const WAKE_UP_PAUSE_MS = 1

export interface WakeUpChild {
  /** The number of the last record it printed; -1 before the first. */
  readonly lastSeen: number
  close(): void
}

/** A record's number, from its header alone; undefined for what is no header. */
function kmsgSeq(record: string): number | undefined {
  const seq = /^\d+,(\d+),\d+,/.exec(record)?.[1]
  return seq === undefined ? undefined : Number(seq)
}

/** Bytes of its output in which the last record's header is looked for: more than a record has. */
const TAIL_BYTES = 2 * READ_BYTES

/**
 * The number of the last record that begins in a piece of what `dd` printed. The piece's own first
 * bytes do not count: they may be the middle of a record.
 */
function lastSeq(chunk: Buffer, isAtStart: boolean): number | undefined {
  const text = chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES))
  for (let end = text.length; end > 0; ) {
    const newline = text.lastIndexOf('\n', end - 1)
    if (newline === -1 && !(isAtStart && text.length === chunk.length)) return undefined
    const seq = kmsgSeq(text.slice(newline + 1, newline + 64))
    if (seq !== undefined) return seq
    end = newline
  }
  return undefined
}

/**
 * Starts a child that wakes us for every record, those already in the log at its start included.
 * Neither the child nor its pipe keep the process alive: a watcher is no reason for an application
 * to go on. An orphaned `dd` ends with the next record, when its pipe is gone.
 *
 * @param onEnd the child is gone, not through `close()`; called once
 * @throws when the device cannot be opened
 */
export function startWakeUpChild(
  path: string,
  onWake: () => void,
  onEnd: (reason: NodeJS.ErrnoException) => void
): WakeUpChild {
  const fd = openKmsg(path, true)
  let child: ChildProcess
  try {
    // conv=noerror lets it go on after EPIPE, where cat would end.
    child = spawn('dd', [`bs=${READ_BYTES}`, 'conv=noerror', 'status=none'], {
      stdio: [fd, 'pipe', 'ignore'],
    })
  } finally {
    closeSync(fd)
  }
  let isOver = false
  let lastSeen = -1
  let isAtStart = true
  const end = (reason: Error): void => {
    if (isOver) return
    isOver = true
    onEnd(reason)
  }
  child.unref()
  const { stdout } = child
  if (stdout !== null) {
    if ('unref' in stdout && typeof stdout.unref === 'function') stdout.unref()
    stdout.on('data', (chunk: Buffer) => {
      if (isOver) return
      lastSeen = lastSeq(chunk, isAtStart) ?? lastSeen
      isAtStart = chunk.at(-1) === NEWLINE
      // One wake-up for a burst: its records are read at the first, the others only cost turns.
      stdout.pause()
      setTimeout(() => stdout.resume(), WAKE_UP_PAUSE_MS).unref()
      onWake()
    })
    stdout.on('error', end)
  }
  child.on('error', end)
  child.on('close', (code, signal) =>
    end(new Error(`dd ended (${signal ?? `exit status ${code}`})`))
  )
  return {
    get lastSeen() {
      return lastSeen
    },
    close() {
      isOver = true
      child.kill('SIGKILL')
      stdout?.destroy()
    },
  }
}
