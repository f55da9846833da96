/** A collector of OTLP/HTTP JSON in this process, which takes what a rule lets it take. */

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

export interface Asked {
  readonly bytes: number
  /** Of its records. */
  readonly seqs: readonly number[]
  readonly types: readonly string[]
}

export interface Refusal {
  readonly status: number
  readonly type?: string
  readonly body?: string
}

export interface JsonCollector {
  readonly url: string
  readonly asked: readonly Asked[]
  /** The sequence numbers of what it took, in the order in which it did. */
  readonly taken: readonly number[]
  /** Answers what is asked; undefined: it is taken. */
  rule: (asked: Asked) => Refusal | undefined
}

interface Exported {
  readonly resourceLogs: ReadonlyArray<{
    readonly scopeLogs: ReadonlyArray<{
      readonly logRecords: ReadonlyArray<{
        readonly eventName: string
        readonly attributes: ReadonlyArray<{
          readonly key: string
          readonly value: { readonly intValue?: string | number }
        }>
      }>
    }>
  }>
}

export async function startJsonCollector(
  t: Pick<TestContext, 'after'>,
  rule: JsonCollector['rule'] = () => undefined
): Promise<JsonCollector> {
  const asked: Asked[] = []
  const taken: number[] = []
  const server = createServer(async (request, response: ServerResponse) => {
    const body = await buffer(request)
    const { resourceLogs } = JSON.parse(body.toString()) as Exported
    const records = resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) => logRecords)
    )
    const seqs = records.map(({ attributes }) =>
      Number(attributes.find(({ key }) => key === 'sysmon.seq')!.value.intValue)
    )
    const now: Asked = {
      bytes: body.length,
      seqs,
      types: records.map(({ eventName }) => eventName),
    }
    asked.push(now)
    const refusal = collector.rule(now)
    if (refusal === undefined) {
      taken.push(...seqs)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    } else {
      const { status, type = 'text/plain', body: text = '' } = refusal
      response.writeHead(status, { 'content-type': type }).end(text)
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const collector: JsonCollector = { url: `http://127.0.0.1:${port}`, asked, taken, rule }
  return collector
}
