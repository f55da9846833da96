/** Making the container's Chromium take memory, over DevTools. */

import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { waitFor } from '../../support/wait.ts'
import type { Container } from './container.ts'

/** Takes 8 MiB at a time and writes every page of them. */
const HUNGRY_PAGE = `<title>hungry</title><script>
  const kept = []
  setInterval(() => kept.push(new Uint8Array(8 << 20).fill(kept.length + 1)), 10)
</script>`

interface Target {
  readonly webSocketDebuggerUrl: string
}

/** Opens a page that grows its renderer until the kernel kills it. */
export async function growRenderer(container: Container): Promise<void> {
  const page = encodeURIComponent(`data:text/html,${encodeURIComponent(HUNGRY_PAGE)}`)
  await request(container, `/json/new?${page}`, 'PUT')
}

/** What Chromium's DevTools server takes of one message: 100 MiB (kReceiveBufferSizeForDevTools). */
const UNFINISHED = { announced: 95 << 20, sent: 90 << 20 }

/**
 * Grows the browser's main process, and no other: clients of its DevTools server each begin a message
 * that they never finish.
 */
export async function growBrowser(
  t: Pick<TestContext, 'after'>,
  container: Container
): Promise<void> {
  const { webSocketDebuggerUrl } = (await request(container, '/json/version', 'GET')) as Target
  const chunk = Buffer.alloc(1 << 20, 'x')
  for (let clients = 0; clients < 16; clients++) {
    const socket = await openWebSocket(container, new URL(webSocketDebuggerUrl).pathname)
    if (socket === undefined) return
    t.after(() => socket.destroy())
    // RFC 6455, 5.2: a final text frame, masked (with zeros), its length in 64 bits.
    const head = Buffer.alloc(14)
    head.writeUInt16BE(0x81ff)
    head.writeBigUInt64BE(BigInt(UNFINISHED.announced), 2)
    socket.write(head)
    for (let sent = 0; sent < UNFINISHED.sent && !socket.destroyed; sent += chunk.length) {
      if (!socket.write(chunk)) await firstOf(socket, 'drain', 'close')
    }
  }
}

async function request(container: Container, path: string, method: string): Promise<unknown> {
  let body: unknown
  await waitFor(
    async () => {
      try {
        const response = await fetch(`${container.devtools}${path}`, { method })
        body = await response.json()
        return response.ok
      } catch {
        return false
      }
    },
    'DevTools',
    () => container.logs()
  )
  return body
}

/** A WebSocket after the handshake. @returns undefined when there is no browser any more */
async function openWebSocket(container: Container, path: string): Promise<Socket | undefined> {
  const { hostname, port } = new URL(container.devtools)
  const socket = connect(Number(port), hostname)
  // The browser may be killed at any time: that is what it is about.
  socket.on('error', () => {})
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
  )
  const answer = await firstOf(socket, 'data', 'close')
  return String(answer).startsWith('HTTP/1.1 101') ? socket : undefined
}

function firstOf(socket: Socket, ...events: readonly string[]): Promise<unknown> {
  return new Promise(resolve => {
    const done = (value: unknown) => {
      for (const event of events) socket.off(event, done)
      resolve(value)
    }
    for (const event of events) socket.on(event, done)
  })
}
