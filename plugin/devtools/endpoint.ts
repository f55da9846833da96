/** Where the browser's own session is: `GET /json/version` (https://chromedevtools.github.io/devtools-protocol/). */

import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'

const TIMEOUT_MS = 5000
const MAX_ANSWER_BYTES = 64 * 1024

export interface Endpoint {
  readonly webSocketUrl: string
  /** As `Chrome/156.0.8078.108`. */
  readonly browser: string | undefined
}

/** @throws with what is wrong, in words */
export async function findEndpoint(base: string, signal: AbortSignal): Promise<Endpoint> {
  const url = new URL('json/version', base.endsWith('/') ? base : `${base}/`)
  const answer = await getText(url, signal)
  let version: { webSocketDebuggerUrl?: unknown; Browser?: unknown } | null
  try {
    version = JSON.parse(answer)
  } catch {
    throw new Error(`${url} answers no JSON: is it the DevTools of a browser?`)
  }
  const { webSocketDebuggerUrl, Browser } = version ?? {}
  if (typeof webSocketDebuggerUrl !== 'string' || !URL.canParse(webSocketDebuggerUrl)) {
    throw new Error(`${url} names no webSocketDebuggerUrl: is it the DevTools of a browser?`)
  }
  // Only its path is believed: it names the host as the browser sees it, and might name any.
  const { pathname } = new URL(webSocketDebuggerUrl)
  const webSocketUrl = new URL(pathname, url)
  webSocketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return {
    webSocketUrl: webSocketUrl.href,
    browser: typeof Browser === 'string' ? Browser.slice(0, 100) : undefined,
  }
}

function getText(url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? httpsGet : httpGet
    const timer = setTimeout(() => request.destroy(new Error('it does not answer')), TIMEOUT_MS)
    const request = get(url, { signal, agent: false }, response => {
      if (response.statusCode !== 200) {
        response.resume()
        request.destroy(new Error(`${url} answers ${response.statusCode}`))
        return
      }
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (text.length > MAX_ANSWER_BYTES) request.destroy(new Error(`${url} answers too much`))
      })
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.on('close', () => clearTimeout(timer))
  })
}
