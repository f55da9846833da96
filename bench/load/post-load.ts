/**
 * Posts crashes over connections that are kept, one request under way on each: written and read on bare
 * sockets, so that it needs a fraction of what the server needs. Prints how long the posts took.
 */

import { connect, type Socket } from 'node:net'

export interface PostLoad {
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly posts: number
  /** No post of another load is delivered again by this one. */
  readonly firstSerial: number
}

const HEAD_END = '\r\n\r\n'

/** As the shim posts it. */
function bodyOf(serial: number): string {
  return JSON.stringify({
    type: 'service_crashed',
    source: {
      kind: 'local_process',
      event: 'service.crashed',
      metadata: {
        supervisor_instance: '5e0c7d8a-52f1-4b0e-9f3e-0d9f3f6f1f5d',
        supervisor_serial: String(serial),
      },
    },
    data: {
      service_name: 'chromium',
      group_name: 'browser',
      phase: 'running',
      pid: 1000 + (serial % 30_000),
      exit: { kind: 'signal', signal: 9, signal_name: 'SIGKILL' },
    },
    ts: 1_764_000_000_000_000 + serial,
  })
}

class Connection {
  readonly #socket: Socket
  readonly #next: () => string | undefined
  readonly #onDone: () => void
  #rest = ''

  constructor(port: number, next: () => string | undefined, onDone: () => void) {
    this.#next = next
    this.#onDone = onDone
    const buffer = Buffer.alloc(64 * 1024)
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer,
        callback: (length: number) => {
          this.#read(buffer.toString('latin1', 0, length))
          return true
        },
      },
    })
    this.#socket.setNoDelay(true)
    this.#socket.once('connect', () => this.#post())
    this.#socket.once('error', error => {
      throw error
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #post(): void {
    const request = this.#next()
    if (request === undefined) this.#onDone()
    else this.#socket.write(request, 'latin1')
  }

  #read(chunk: string): void {
    const text = this.#rest === '' ? chunk : this.#rest + chunk
    this.#rest = text
    const headEnd = text.indexOf(HEAD_END)
    if (headEnd === -1) return
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(text)
    const at = text.indexOf('ontent-') + 'ontent-'.length
    const length = Number.parseInt(text.slice(text.indexOf('ength: ', at) + 'ength: '.length), 10)
    if (text.length < headEnd + HEAD_END.length + length) return
    this.#rest = ''
    this.#post()
  }
}

const load = JSON.parse(process.argv[2]!) as PostLoad
const head = `POST ${load.path} HTTP/1.1\r\nHost: 127.0.0.1:${load.port}\r\nContent-Type: application/json\r\nContent-Length: `

async function post(count: number, firstSerial: number): Promise<number> {
  let serial = firstSerial
  const next = () => {
    if (serial === firstSerial + count) return undefined
    const body = bodyOf(serial++)
    return `${head}${body.length}${HEAD_END}${body}`
  }
  const began = performance.now()
  const connections: Connection[] = []
  await Promise.all(
    Array.from(
      { length: load.connections },
      () => new Promise<void>(done => connections.push(new Connection(load.port, next, done)))
    )
  )
  const ms = performance.now() - began
  for (const connection of connections) connection.close()
  return ms
}

// What this client needs is compiled by then.
const WARM_UP = 1000
await post(WARM_UP, load.firstSerial)
const ms = await post(load.posts, load.firstSerial + WARM_UP)
console.log(JSON.stringify({ ms, cpuMs: process.cpuUsage().user / 1000 }))
