/**
 * What supervisord tells about itself, over its XML-RPC interface: the newest part of its log, and
 * what there is of processes.
 *
 * http://supervisord.org/api.html#supervisor.rpcinterface.SupervisorNamespaceRPCInterface.readLog,
 * over a unix socket or TCP: SUPERVISOR_SERVER_URL is what supervisord gives to its children.
 */

import type { RequestOptions } from 'node:http'
import { http } from './built-ins.ts'
import { uptime } from './uptime.ts'

/** supervisord answered, but not what was asked for. `code` is its fault's name or an HTTP status. */
export class RpcFault extends Error {
  readonly fault: string

  constructor(fault: string) {
    super(`supervisord answers ${fault}`)
    this.fault = fault
  }
}

/**
 * @param bytes how much of the log's end; its first line may be cut
 * @param timeoutMs for the whole call
 */
export type ReadLog = (bytes: number, timeoutMs: number) => Promise<string>

export interface ProcessInfo {
  readonly name: string
  readonly group: string
  /** 0: none runs. */
  readonly pid: number
}

export interface SupervisorRpc {
  readonly readLog: ReadLog
  /** All processes of all groups. */
  readonly readProcesses: (timeoutMs: number) => Promise<ProcessInfo[]>
}

/** In UTF-16 code units: of some 1,300 for each process, and of a log's end in entities. */
const MAX_RESPONSE_LENGTH = 2 * 1024 * 1024

/**
 * @param serverUrl `unix:///path` or `http://host:port`
 * @param auth `user:password`
 */
export function createSupervisorRpc(serverUrl: string, auth: string | undefined): SupervisorRpc {
  const target: RequestOptions = serverUrl.startsWith('unix://')
    ? { socketPath: serverUrl.slice('unix://'.length), path: '/RPC2', auth }
    : { ...address(new URL('/RPC2', serverUrl)), auth }

  return {
    async readLog(bytes, timeoutMs) {
      const deadline = uptime() + timeoutMs
      // supervisord answers 500 when the first byte is in the middle of a character: move it.
      for (let moved = 0; ; moved++) {
        try {
          const params = [-(bytes + moved), 0]
          const xml = await call(target, 'supervisor.readLog', params, deadline - uptime())
          return unescapeXml(/<string>(.*?)<\/string>/s.exec(xml)?.[1] ?? '')
        } catch (error) {
          const isServerError = error instanceof RpcFault && error.fault === 'HTTP 500'
          if (!isServerError || moved === 3) throw error
        }
      }
    },
    async readProcesses(timeoutMs) {
      return parseProcesses(await call(target, 'supervisor.getAllProcessInfo', [], timeoutMs))
    },
  }
}

function address({ hostname, port, pathname }: URL): RequestOptions {
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname }
}

function call(
  target: RequestOptions,
  method: string,
  params: number[],
  timeoutMs: number
): Promise<string> {
  const values = params.map(value => `<param><value><int>${value}</int></value></param>`).join('')
  const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`
  const headers = { 'content-type': 'text/xml', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const sent = http().request({ ...target, method: 'POST', headers, agent: false })
    const timer = setTimeout(
      () => sent.destroy(new Error('supervisord did not answer in time')),
      timeoutMs
    )
    sent.on('error', reject)
    sent.on('close', () => clearTimeout(timer))
    sent.on('response', response => {
      const { statusCode } = response
      if (statusCode !== 200) {
        response.resume()
        reject(new RpcFault(`HTTP ${statusCode}`))
        return
      }
      let xml = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        xml += text
        if (xml.length > MAX_RESPONSE_LENGTH) {
          sent.destroy(new Error("supervisord's answer is too long"))
        }
      })
      response.on('error', reject)
      response.on('end', () => {
        const fault = /<fault>.*<string>(.*?)<\/string>/s.exec(xml)?.[1]
        if (fault === undefined) resolve(xml)
        else reject(new RpcFault(unescapeXml(fault)))
      })
    })
    sent.end(body)
  })
}

/** A methodResponse with an array of structs (http://xmlrpc.com/spec.md), as Python writes it. */
export function parseProcesses(xml: string): ProcessInfo[] {
  return xml
    .split('<struct>')
    .slice(1)
    .map(struct => ({
      name: unescapeXml(member(struct, 'name', 'string')),
      group: unescapeXml(member(struct, 'group', 'string')),
      pid: Number(member(struct, 'pid', 'int')),
    }))
}

function member(struct: string, name: string, type: 'string' | 'int'): string {
  const value = new RegExp(`<name>${name}</name>\\s*<value><${type}>(.*?)</${type}>`, 's')
  return value.exec(struct)?.[1] ?? ''
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(lt|gt|amp|quot|apos);/g,
    (_, name: keyof typeof ENTITIES) => ENTITIES[name]
  )
}

const ENTITIES = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" } as const
