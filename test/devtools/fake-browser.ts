/** What answers as the DevTools of a browser do, or as a test has it answer. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'

export type Call = {
  readonly id: number
  readonly method: string
  readonly params: Record<string, unknown>
}

export interface FakeBrowser {
  readonly url: string
  readonly calls: Call[]
  readonly sockets: WebSocket[]
}

/** @param answer undefined: none */
export async function fakeBrowser(
  t: TestContext,
  answer: (call: Call, socket: WebSocket) => unknown = () => ({}),
  version: (request: IncomingMessage, response: ServerResponse, port: number) => void = (
    _,
    r,
    port
  ) =>
    r.end(
      JSON.stringify({
        Browser: 'Fake/1',
        webSocketDebuggerUrl: `ws://elsewhere.invalid:${port}/devtools/browser/1`,
      })
    )
): Promise<FakeBrowser> {
  const http = createServer((request, response) => version(request, response, port))
  const ws = new WebSocketServer({ server: http })
  const calls: Call[] = []
  const sockets: WebSocket[] = []
  ws.on('connection', socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('message', data => {
      const call = JSON.parse(String(data)) as Call
      calls.push(call)
      const result = answer(call, socket)
      if (result !== undefined) socket.send(JSON.stringify({ id: call.id, result }))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  t.after(() => {
    for (const socket of ws.clients) socket.terminate()
    ws.close()
    http.close()
    http.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${port}`, calls, sockets }
}

export const created = (targetId: string, more: object = {}) =>
  JSON.stringify({
    method: 'Target.targetCreated',
    params: {
      targetInfo: {
        targetId,
        type: 'page',
        title: 'One',
        url: 'https://one.example/?s',
        attached: false,
        ...more,
      },
    },
  })
export const crashed = (targetId: unknown, more: object = {}) =>
  JSON.stringify({
    method: 'Target.targetCrashed',
    params: { targetId, status: 'crashed', errorCode: 11, ...more },
  })
