/**
 * A POST by node:http, for tests that kill the server meanwhile. The first fetch() of a process never
 * settles when the server closes the connection while undici still compiles its parser.
 */

import { request } from 'node:http'
import { text } from 'node:stream/consumers'

/** @throws also when there is no answer within 5 s */
export function postJson(url: string, body: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const post = request(url, { method: 'POST', headers, timeout: 5000 }, response => {
      const answered = (answer: string) => resolve({ status: response.statusCode!, text: answer })
      text(response).then(answered, reject)
    })
    post.on('timeout', () => post.destroy(new Error('no answer in 5 s')))
    post.on('error', reject)
    post.end(JSON.stringify(body))
  })
}
