/**
 * The newest part of supervisord's log, over its XML-RPC interface.
 *
 * http://supervisord.org/api.html#supervisor.rpcinterface.SupervisorNamespaceRPCInterface.readLog,
 * over a unix socket or TCP: SUPERVISOR_SERVER_URL is what supervisord gives to its children.
 */

import type { RequestOptions } from 'node:http'
import { http } from './built-ins.ts'
import { uptime } from './uptime.ts'

/** supervisord answered, but not with its log: it has none, or it is shutting down. */
export class RpcFault extends Error {}

/**
 * @param bytes how much of the log's end; its first line may be cut
 * @param timeout milliseconds, for the whole call
 */
export type ReadLog = (bytes: number, timeout: number) => Promise<string>

/** Of the XML, in UTF-16 code units. */
const MAX_RESPONSE_LENGTH = 262_144

/**
 * @param serverUrl `unix:///path` or `http://host:port`
 * @param auth `user:password`
 */
export function createReadLog(serverUrl: string, auth: string | undefined): ReadLog {
  const target: RequestOptions = serverUrl.startsWith('unix://')
    ? { socketPath: serverUrl.slice('unix://'.length), path: '/RPC2' }
    : { ...address(new URL('/RPC2', serverUrl)) }

  return async (bytes, timeout) => {
    const deadline = uptime() + timeout
    // supervisord answers 500 when the first byte is in the middle of a character: move it.
    for (let moved = 0; ; moved++) {
      try {
        return await call({ ...target, auth }, bytes + moved, deadline - uptime())
      } catch (error) {
        if (!(error instanceof ServerError) || moved === 3) throw error
      }
    }
  }
}

class ServerError extends Error {}

function address({ hostname, port, pathname }: URL): RequestOptions {
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname }
}

function call(target: RequestOptions, bytes: number, timeout: number): Promise<string> {
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.readLog</methodName><params><param><value><int>-${bytes}</int></value></param><param><value><int>0</int></value></param></params></methodCall>`
  const headers = { 'content-type': 'text/xml', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const sent = http.request({ ...target, method: 'POST', headers, agent: false })
    const timer = setTimeout(
      () => sent.destroy(new Error('supervisord did not answer in time')),
      timeout
    )
    sent.on('error', reject)
    sent.on('close', () => clearTimeout(timer))
    sent.on('response', response => {
      const { statusCode } = response
      if (statusCode !== 200) {
        response.resume()
        const message = `supervisord answers ${statusCode}`
        reject(statusCode === 500 ? new ServerError(message) : new RpcFault(message))
        return
      }
      let xml = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        xml += text
        if (xml.length > MAX_RESPONSE_LENGTH)
          sent.destroy(new Error("supervisord's answer is too long"))
      })
      response.on('error', reject)
      response.on('end', () => {
        try {
          resolve(parseResponse(xml))
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.end(body)
  })
}

/**
 * A methodResponse with one string, http://xmlrpc.com/spec.md.
 *
 * @throws {RpcFault} when it is a fault
 */
export function parseResponse(xml: string): string {
  const text = /<string>(.*?)<\/string>/s.exec(xml)?.[1] ?? ''
  const value = text.replace(
    /&(lt|gt|amp|quot|apos);/g,
    (_, name: keyof typeof ENTITIES) => ENTITIES[name]
  )
  if (!xml.includes('<fault>')) return value
  throw new RpcFault(`supervisord does not show its log: ${value || 'fault'}`)
}

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" } as const
