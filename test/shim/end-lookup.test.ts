/** The search for what ended a process: it is asked for as seldom as possible, and never waited for long. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { EndLookup } from '../../shim/end-lookup.ts'
import { createLog } from '../../shim/own-log.ts'
import { createReadLog, parseResponse, RpcFault } from '../../shim/supervisor-rpc.ts'
import { temporaryFolder } from './shim-process.ts'

const silent = createLog('silent')
const running = (pid: number) => ({ service_name: 'cat', phase: 'running', pid }) as const
const end = (pid: number) =>
  `2026-11-24 00:23:28,155 INFO spawned: 'cat' with pid ${pid}\n2026-11-24 00:23:28,155 WARN exited: cat (exit status 3; not expected)\n`

const text = (value: string) =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>${value}</string></value>\n</param>\n</params>\n</methodResponse>\n`
const FAULT = `<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>20</int></value></member><member><name>faultString</name><value><string>NO_FILE</string></value></member></struct></value></fault></methodResponse>`

test('one reading of the log serves many that died together', async () => {
  let readings = 0
  const lookup = new EndLookup(async () => {
    readings++
    return end(1) + end(2) + end(3)
  }, silent)
  for (const pid of [1, 2, 3]) assert.deepEqual(await lookup.find(running(pid)), { exit_code: 3 })
  assert.equal(readings, 1)
})

test('more of the log is read where its very end does not tell', async () => {
  const readings: number[] = []
  const lookup = new EndLookup(async bytes => {
    readings.push(bytes)
    return bytes > 4096 ? end(7) : end(8).repeat(bytes / 100)
  }, silent)
  assert.deepEqual(await lookup.find(running(7)), { exit_code: 3 })
  assert.equal(readings.length, 2)
})

test('a flood that the log does not tell about is not asked about one by one', async () => {
  let readings = 0
  const lookup = new EndLookup(async () => {
    readings++
    await new Promise(resolve => setTimeout(resolve, 50))
    return end(1).repeat(1000)
  }, silent)
  for (let pid = 2; pid < 100; pid++) assert.equal(await lookup.find(running(pid)), undefined)
  assert.equal(readings, 2)
})

test('after a fault nothing is asked for a while; without a server nothing at all', async () => {
  let readings = 0
  const lookup = new EndLookup(async () => {
    readings++
    throw new RpcFault('NO_FILE')
  }, silent)
  for (let pid = 1; pid < 5; pid++) assert.equal(await lookup.find(running(pid)), undefined)
  assert.equal(readings, 1)
  assert.equal(await new EndLookup(undefined, silent).find(running(1)), undefined)
})

test('the log is read over a unix socket and over TCP, with a password', async t => {
  const { readings, listen } = startRpc(t, () => [200, text('a &lt;b&gt; &amp;amp; été')])
  const socket = join(temporaryFolder(t), 'socket')
  await listen(socket)
  assert.equal(await createReadLog(`unix://${socket}`, undefined)(3072, 1000), 'a <b> &amp; été')
  const port = await listen(0)
  await createReadLog(`http://127.0.0.1:${port}`, 'user:secret')(3072, 1000)
  assert.equal(readings[1]?.authorization, `Basic ${btoa('user:secret')}`)
  assert.match(readings[0]!.body, /supervisor\.readLog.*<int>-3072<\/int>/)
})

test('a log whose end begins in the middle of a character is read from a byte before', async t => {
  const { listen } = startRpc(t, body => (/-3074/.test(body) ? [200, text('x')] : [500, 'Error']))
  const port = await listen(0)
  assert.equal(await createReadLog(`http://127.0.0.1:${port}`, undefined)(3072, 1000), 'x')
})

test('a fault, a refusal, an answer that does not come and one without end are errors', async t => {
  const { listen } = startRpc(t, () => [200, FAULT])
  const faulty = await listen(0)
  await assert.rejects(
    createReadLog(`http://127.0.0.1:${faulty}`, undefined)(3072, 1000),
    /NO_FILE/
  )
  const refusing = await startRpc(t, () => [401, '']).listen(0)
  await assert.rejects(
    createReadLog(`http://127.0.0.1:${refusing}`, undefined)(3072, 1000),
    RpcFault
  )
  const mute = await startRpc(t, () => undefined).listen(0)
  await assert.rejects(createReadLog(`http://127.0.0.1:${mute}`, undefined)(3072, 100), /in time/)
  const long = await startRpc(t, () => [200, text('x'.repeat(1_000_000))]).listen(0)
  await assert.rejects(createReadLog(`http://127.0.0.1:${long}`, undefined)(3072, 1000), /too long/)
  await assert.rejects(createReadLog('unix:///nonexistent', undefined)(3072, 1000), /ENOENT/)
  assert.throws(() => parseResponse(FAULT), RpcFault)
})

function startRpc(t: TestContext, answer: (body: string) => [number, string] | undefined) {
  const readings: { body: string; authorization: string | undefined }[] = []
  const listen = async (where: string | number) => {
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        readings.push({ body, authorization: request.headers.authorization })
        const answered = answer(body)
        if (answered !== undefined) response.writeHead(answered[0]).end(answered[1])
      })
    })
    if (typeof where === 'number') server.listen(where, '127.0.0.1')
    else server.listen(where)
    await once(server, 'listening')
    t.after(() => {
      server.close()
      server.closeAllConnections()
    })
    return (server.address() as AddressInfo).port
  }
  return { readings, listen }
}
