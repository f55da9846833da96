/** An address behind which one server can take another's place, at a moment that a test picks. */

import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface MovingFront {
  readonly url: string
  /**
   * Ends all connections; the next ones lead to `url`.
   * @param between runs after the first question about events there was answered, and before the next one is
   */
  move(url: string, between: () => Promise<unknown>): void
}

export async function startMovingFront(
  t: Pick<TestContext, 'after'>,
  first: string
): Promise<MovingFront> {
  let upstream = first
  let between: () => Promise<unknown> = async () => undefined
  let asked = 0
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const isOfEvents = /^\/telemetry\/(events|stream)/.test(request.url!)
    if (isOfEvents && ++asked === 2) await between()
    const { method, headers } = request
    const question = http.request(new URL(request.url!, upstream), { method, headers }, there => {
      response.writeHead(there.statusCode!, there.headers).flushHeaders()
      there.on('error', () => response.destroy()).pipe(response)
    })
    question.on('error', () => response.destroy())
    response.on('close', () => question.destroy())
    request.pipe(question)
  }
  const front = http.createServer((request, response) => void answer(request, response))
  t.after(() => {
    front.close()
    front.closeAllConnections()
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    move(url, action) {
      upstream = url
      between = action
      asked = 0
      front.closeAllConnections()
    },
  }
}
