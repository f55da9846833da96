/**
 * Clients of an event stream, many in one process: bare sockets that only count a byte, which stands once
 * in each event, so that they need a fraction of what the server needs. Some may read nothing at all.
 *
 * Prints `"open"` when all are answered; then for each number on its standard input, how many deliveries
 * there are to be in all, the milliseconds until they were there.
 */

import { connect } from 'node:net'
import { createInterface } from 'node:readline'

export interface SseLoad {
  readonly port: number
  /** `{client}` in it stands for the client's number. */
  readonly path: string
  readonly clients: number
  /** Beside them, clients that read nothing after the head. */
  readonly stalled: number
  /** A byte that stands once in each event. */
  readonly mark: string
}

const { port, path, clients, stalled, mark } = JSON.parse(process.argv[2]!) as SseLoad
const MARK = mark.charCodeAt(0)

/** All of them are read one after the other, into the same memory. */
const buffer = Buffer.alloc(256 * 1024)
let delivered = 0
let wanted = Number.POSITIVE_INFINITY
let onDelivered: () => void = () => {}

function count(length: number): void {
  const end = length
  for (let at = buffer.indexOf(MARK); at !== -1 && at < end; at = buffer.indexOf(MARK, at + 1)) {
    delivered++
  }
  if (delivered >= wanted) onDelivered()
}

function open(client: number): Promise<void> {
  const isStalled = client >= clients
  const target = path.replace('{client}', String(client))
  const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n`
  const request = isStalled ? `${head}X-Stalled: 1\r\n\r\n` : `${head}\r\n`
  return new Promise((resolve, reject) => {
    let isOpen = false
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer,
        callback: (length: number) => {
          if (isOpen) {
            count(length)
            return true
          }
          const answer = buffer.toString('latin1', 0, length)
          if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(answer))
          isOpen = true
          resolve()
          return !isStalled
        },
      },
    })
    socket.once('connect', () => socket.write(request))
    socket.once('error', reject)
    socket.once('close', () => {
      if (!isStalled) process.exit(1)
    })
  })
}

// One after the other: a server's queue for new connections has an end.
for (let i = 0; i < clients + stalled; i++) await open(i)
console.log('"open"')
let lines = Promise.resolve()
createInterface({ input: process.stdin }).on('line', line => {
  lines = lines.then(async () => {
    const began = performance.now()
    wanted = Number(line)
    if (delivered < wanted) {
      await new Promise<void>(resolve => {
        onDelivered = resolve
      })
    }
    wanted = Number.POSITIVE_INFINITY
    console.log(JSON.stringify(performance.now() - began))
  })
})
