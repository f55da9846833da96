/** A proxy before a real server that does to its requests what networks and servers do. */

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'

/**
 * - `pass`: nothing.
 * - `status`: an answer of the proxy's own; the request does not reach the server.
 * - `reset`: the connection is cut; the request does not reach the server.
 * - `garbage`: 200, and bytes that mean nothing; the request does not reach the server.
 * - `swallow`: the request reaches the server, the answer is thrown away and the connection cut.
 * - `stall`: no answer, ever.
 */
export type Mischief =
  | 'pass'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'reset'
  | 'garbage'
  | 'swallow'
  | 'stall'

export interface Proxy {
  readonly url: string
  /** Requests so far. */
  readonly requests: () => number
  /** What is done to the next requests. */
  mischief: (request: IncomingMessage) => Mischief
}

export async function startProxy(
  t: Pick<TestContext, 'after'>,
  target: string,
  mischief: Proxy['mischief'] = () => 'pass'
): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let requests = 0
  const server = createServer((incoming, outgoing) => {
    requests++
    const what = proxy.mischief(incoming)
    if (what === 'reset') return incoming.socket.resetAndDestroy()
    if (what === 'stall') return incoming.resume()
    if (what === 'garbage') {
      incoming.resume()
      return outgoing.end(Buffer.from('<html>\x00\xff\xfe garbage \x08\x08\x08</html>', 'latin1'))
    }
    if (typeof what === 'object') {
      incoming.resume()
      return outgoing.writeHead(what.status, what.headers).end(what.body ?? '')
    }
    return forward(incoming, outgoing, what === 'swallow')
  })
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse, isSwallowed: boolean) => {
    const { method, url, headers } = incoming
    const onward = request({ hostname, port, method, path: url, headers }, answer => {
      if (isSwallowed) {
        answer.resume()
        answer.on('end', () => incoming.socket.resetAndDestroy())
        return
      }
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => incoming.socket.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    mischief,
  }
  return proxy
}
