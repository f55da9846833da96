/** What supervisord is asked over XML-RPC, and its answers. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createSupervisorRpc, parseProcesses, RpcFault } from '../../shim/supervisor-rpc.ts'
import { waitFor } from '../support/wait.ts'
import { temporaryFolder } from './shim-process.ts'

const readLog = (url: string, auth?: string) => createSupervisorRpc(url, auth).readLog

const text = (value: string) =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>${value}</string></value>\n</param>\n</params>\n</methodResponse>\n`
const FAULT = `<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>20</int></value></member><member><name>faultString</name><value><string>NO_FILE</string></value></member></struct></value></fault></methodResponse>`

test('the log is read over a unix socket and over TCP, with a password', async t => {
  const { readings, listen } = startRpc(t, () => [200, text('a &lt;b&gt; &amp;amp; été')])
  const socket = join(temporaryFolder(t), 'socket')
  await listen(socket)
  assert.equal(await readLog(`unix://${socket}`)(3072, 1000), 'a <b> &amp; été')
  const port = await listen(0)
  await readLog(`http://127.0.0.1:${port}`, 'user:secret')(3072, 1000)
  assert.equal(readings[1]?.authorization, `Basic ${btoa('user:secret')}`)
  assert.match(readings[0]!.body, /supervisor\.readLog.*<int>-3072<\/int>/)
})

test('a log whose end begins in the middle of a character is read from a byte before', async t => {
  const { listen } = startRpc(t, body => (/-3074/.test(body) ? [200, text('x')] : [500, 'Error']))
  const port = await listen(0)
  assert.equal(await readLog(`http://127.0.0.1:${port}`)(3072, 1000), 'x')
})

test('a fault, a refusal, an answer that does not come and one without end are errors', async t => {
  const { listen } = startRpc(t, () => [200, FAULT])
  const faulty = await listen(0)
  await assert.rejects(readLog(`http://127.0.0.1:${faulty}`)(3072, 1000), /NO_FILE/)
  const refusing = await startRpc(t, () => [401, '']).listen(0)
  await assert.rejects(readLog(`http://127.0.0.1:${refusing}`)(3072, 1000), RpcFault)
  const mute = await startRpc(t, () => undefined).listen(0)
  await assert.rejects(readLog(`http://127.0.0.1:${mute}`)(3072, 100), /in time/)
  const long = await startRpc(t, () => [200, text('x'.repeat(3_000_000))]).listen(0)
  await assert.rejects(readLog(`http://127.0.0.1:${long}`)(3072, 1000), /too long/)
  await assert.rejects(readLog('unix:///nonexistent')(3072, 1000), /ENOENT/)
})

test('all processes of all groups, with their pids', async t => {
  // As Python writes it; a service's last error may hold anything.
  const member = (name: string, value: string) =>
    `<member>\n<name>${name}</name>\n<value>${value}</value>\n</member>\n`
  const struct = (name: string, pid: number) =>
    `<value><struct>\n${member('name', `<string>${name}</string>`)}${member('group', '<string>g</string>')}${member('spawnerr', '<string>can&lt;name&gt;pid&lt;/name&gt;\n</string>')}${member('pid', `<int>${pid}</int>`)}</struct></value>\n`
  const answer = `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n${struct('a', 7)}${struct('b&amp;c', 0)}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`
  const { readings, listen } = startRpc(t, () => [200, answer])
  const port = await listen(0)
  const { readProcesses } = createSupervisorRpc(`http://127.0.0.1:${port}`, undefined)
  assert.deepEqual(await readProcesses(1000), [
    { name: 'a', group: 'g', pid: 7 },
    { name: 'b&c', group: 'g', pid: 0 },
  ])
  assert.match(readings[0]!.body, /supervisor\.getAllProcessInfo/)
  assert.deepEqual(parseProcesses('<methodResponse/>'), [])
})

test('an answer leaves no timer behind', async t => {
  const port = await startRpc(t, () => [200, text('x')]).listen(0)
  const begin = t.mock.method(globalThis, 'setTimeout')
  const end = t.mock.method(globalThis, 'clearTimeout')
  await readLog(`http://127.0.0.1:${port}`)(3072, 59_999)
  const timers = begin.mock.calls
    .filter(({ arguments: [, ms] }) => ms! > 50_000)
    .map(({ result }) => result)
  assert.equal(timers.length, 1)
  const isCleared = () => end.mock.calls.some(({ arguments: [timer] }) => timer === timers[0])
  await waitFor(isCleared, 'a cleared timer')
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
        if (answered === undefined) return
        const bytes = Buffer.from(answered[1])
        // In two parts, cut in the middle of a character where there is one.
        const cut = bytes.indexOf(0xc3) + 1
        response.writeHead(answered[0]).write(bytes.subarray(0, cut))
        setTimeout(() => response.end(bytes.subarray(cut)), cut > 0 ? 50 : 0)
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
