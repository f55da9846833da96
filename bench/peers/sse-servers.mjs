/**
 * Servers of one event stream, each told on its standard input how many events to publish: the plugin, a
 * Fastify application with fastify-sse-v2, and the floor, which writes one Buffer to each client in each
 * turn and does nothing else. Run with `node --input-type=module -e`; its argument is in `process.argv[1]`.
 */

import { createInterface } from 'node:readline'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import Fastify from 'fastify'

const { kind, plugin, bytes, aTurn } = JSON.parse(process.argv[1])
const PATH = '/telemetry/stream'
/** So much may wait for a client before the next events are published, for all servers alike. */
const MAX_WAITING = 512 * 1024
const MARK = '~'

/** Of the clients that read. */
const streams = []
const app = Fastify({ forceCloseConnections: true })
app.addHook('onRequest', (request, reply, done) => {
  if (request.headers['x-stalled'] === undefined) streams.push(reply.raw)
  done()
})

const head = `data: {"seq":1000000,"event":{"ts":1764000000000000,"type":"note","category":"page","source":{"kind":"local_process","metadata":{"reporter":"server"}},"data":""}}\n\n`
const data = MARK + 'x'.repeat(bytes - `id: 1000000\n${head}`.length - 1)

const SERVERS = {
  async plugin() {
    await app.register((await import(plugin)).default, {
      kmsgPath: false,
      stateDir: false,
      maxStreams: 20_000,
      maxStreamsPerPeer: 20_000,
    })
    const event = { type: 'note', category: 'page', source: { kind: 'local_process' }, data }
    return count => {
      for (let i = 0; i < count; i++) app.sysmon.publish(event)
    }
  },
  async 'fastify-sse-v2'() {
    const { FastifySSEPlugin } = await import(plugin)
    await app.register(FastifySSEPlugin)
    const replies = []
    app.get(PATH, (_, reply) => {
      // Its head.
      reply.sse({ comment: 'open' })
      replies.push(reply)
    })
    let seq = 0
    const source = { kind: 'local_process', metadata: { reporter: 'server' } }
    return count => {
      for (let i = 0; i < count; i++) {
        const event = { ts: Date.now() * 1000, type: 'note', category: 'page', source, data }
        // Written once for all clients.
        const frame = { id: String(++seq), data: JSON.stringify({ seq, event }) }
        for (const reply of replies) reply.sse(frame)
      }
    }
  },
  async floor() {
    app.get(PATH, (_, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.flushHeaders()
    })
    const frame = Buffer.from(`id: 1000000\n${head.replace('"data":""', `"data":"${data}"`)}`)
    return count => {
      const shared = Buffer.concat(Array.from({ length: count }, () => frame))
      for (const stream of streams) stream.write(shared)
    }
  },
}

const publish = await SERVERS[kind]()
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage()
  for (let left = Number(line); left > 0; left -= aTurn) {
    publish(Math.min(left, aTurn))
    await turn()
    while (streams.some(stream => stream.writableLength > MAX_WAITING)) await sleep(1)
  }
  const { user, system } = process.cpuUsage(before)
  console.log(user + system)
}
