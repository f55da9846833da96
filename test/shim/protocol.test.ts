/** supervisord's eventlistener protocol, byte by byte: the decoder, and the shim as a process. */

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { type Notification, NotificationDecoder, parseTokens } from '../../shim/protocol.ts'
import { notification, startShim } from './shim-process.ts'

const CRASH = 'processname:cat groupname:cat from_state:RUNNING expected:0 pid:2766'

function decode(bytes: Uint8Array, size: number) {
  const decoder = new NotificationDecoder()
  const decoded = []
  for (let at = 0; at < bytes.length; at += size) {
    decoded.push(...decoder.push(bytes.subarray(at, at + size)))
  }
  return decoded
}

test('a header and its payload, whole and byte by byte', () => {
  const bytes = Buffer.from(notification({ serial: 21, poolserial: 10 }, CRASH))
  const expected: Notification = {
    eventName: 'PROCESS_STATE_EXITED',
    server: 'supervisor',
    serial: '21',
    pool: 'shim',
    poolSerial: 10,
    payload: CRASH,
  }
  for (const size of [bytes.length, 1, 2, 3, 7, 64]) {
    assert.deepEqual(decode(bytes, size), [expected], `in chunks of ${size}`)
  }
})

test('header tokens in any order, with unknown ones and values that hold colons', () => {
  const header = 'len:4 eventname:TICK_5 future:x:y server:a:b poolserial:1 noise serial:2 pool:p'
  const [decoded] = decode(Buffer.from(`${header}\nwhen`), 5)
  assert.deepEqual(decoded, {
    eventName: 'TICK_5',
    server: 'a:b',
    serial: '2',
    pool: 'p',
    poolSerial: 1,
    payload: 'when',
  })
})

test('what is no token is passed over', () => {
  assert.deepEqual(
    [...parseTokens('a:1 :2 three  b: c:d:e 4:x\r')],
    [
      ['a', '1'],
      ['b', ''],
      ['c', 'd:e'],
      ['4', 'x'],
    ]
  )
})

test('the length counts code points, and a chunk may end inside of one', () => {
  const payload = 'héllo€ 🧯 été'
  const bytes = Buffer.from(notification({}, payload) + notification({ serial: 2 }, 'x'))
  for (const size of [1, 2, 3, 5, bytes.length]) {
    const payloads = decode(bytes, size).map(decoded => (decoded as Notification).payload)
    assert.deepEqual(payloads, [payload, 'x'], `in chunks of ${size}`)
  }
})

test('a number of the pool that is none is left out', () => {
  for (const [value, expected] of [
    ['7', 7],
    ['x7', undefined],
    ['7x', undefined],
    ['-7', undefined],
    ['1234567890123456', undefined],
  ] as const) {
    const [decoded] = decode(Buffer.from(`eventname:A poolserial:${value} len:0\n`), 100)
    assert.equal((decoded as Notification).poolSerial, expected, value)
  }
})

test('an empty payload needs no further byte', () => {
  const bytes = Buffer.from(notification({ eventname: 'SUPERVISOR_STATE_CHANGE_STOPPING' }, ''))
  assert.equal((decode(bytes, bytes.length)[0] as Notification).payload, '')
})

test('a payload that is no UTF-8 ends where its length says', () => {
  const bytes = Buffer.concat([
    Buffer.from('eventname:A len:3\n'),
    Buffer.from([0xff, 0x80, 0xc3]),
    Buffer.from('eventname:B len:1\n'),
    // The byte that leads no character is of a length all the same.
    Buffer.from([0xc0, 0x80]),
    Buffer.from('eventname:C len:1\nx'),
  ])
  for (const size of [1, bytes.length]) {
    const names = decode(bytes, size).map(decoded => (decoded as Notification).eventName)
    assert.deepEqual(names, ['A', 'B', 'C'], `in chunks of ${size}`)
  }
})

test('a header without an event name is malformed, and the next one is read', () => {
  const decoded = decode(Buffer.from('ver:3.0 len:3\nabceventname:B len:1\nx'), 4)
  assert.equal('malformed' in decoded[0]! && decoded[0].header.toString(), 'ver:3.0 len:3')
  assert.equal((decoded[1] as Notification).eventName, 'B')
})

test('a header without a usable length loses the rest, until it is resynchronised', () => {
  for (const length of ['', 'len:', 'len:x', 'len:-1', 'len:1e3', 'len:99999999999']) {
    const decoder = new NotificationDecoder()
    const [decoded] = decoder.push(Buffer.from(`eventname:A ${length}\nprocessname:x `))
    assert.ok(decoded && 'malformed' in decoded, length)
    assert.ok(decoder.isLost)
    assert.deepEqual(decoder.push(Buffer.from('expected:0 pid:1')), [])
    decoder.resynchronise()
    assert.equal(decoder.push(Buffer.from(notification({}, CRASH))).length, 1)
  }
})

test('a header that never ends is given up', () => {
  const decoder = new NotificationDecoder()
  const decoded = [1, 2, 3].flatMap(() => decoder.push(Buffer.alloc(8192, 'x')))
  assert.equal(decoded.length, 1)
  assert.ok(decoder.isLost)
})

test('a payload of megabytes does not stay in memory', () => {
  const decoder = new NotificationDecoder()
  const length = 4 * 1024 * 1024
  decoder.push(Buffer.from(`eventname:PROCESS_LOG_STDOUT len:${length}\n`))
  const [decoded] = decoder.push(Buffer.alloc(length, 'x'))
  assert.equal((decoded as Notification).payload.length, 65_536)
})

test('where supervisord cannot be asked what ended a service, the log says once what is missing', async t => {
  const shim = await startShim(t)
  await shim.until(() => /"msg":"listening"/.test(shim.log()), 'that it listens')
  assert.equal(shim.log().match(/without exit_code.*\[unix_http_server\]/g)?.length, 1)
  const asks = await startShim(t, { env: { SUPERVISOR_SERVER_URL: 'http://127.0.0.1:1' } })
  const refused =
    /without exit_code.*http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\).*\[inet_http_server\]/
  await asks.until(() => refused.test(asks.log()), 'that the address it has is wrong')
  assert.doesNotMatch(asks.log(), /unix_http_server/)
})

test('the shim says READY, acknowledges without a newline, and says nothing else', async t => {
  const shim = await startShim(t)
  await shim.until(() => shim.said() === 'READY\n', 'READY')
  shim.write(notification({}, CRASH))
  await shim.until(() => shim.said() === 'READY\nRESULT 2\nOKREADY\n', 'the acknowledgement')
  shim.write(notification({ serial: 2, poolserial: 1, eventname: 'TICK_5' }, 'when:1'))
  await shim.until(() => shim.said().endsWith('OKREADY\nRESULT 2\nOKREADY\n'), 'the second one')
})

test('the end of its input ends the shim with status 0, after what it was told is answered', async t => {
  const shim = await startShim(t)
  shim.end(notification({}, CRASH))
  assert.equal(await shim.ended, 0)
  assert.match(shim.said(), /^READY\nRESULT 2\nOK(READY\n)?$/)
})

test('a malformed header is logged with its bytes and answered, and the next crash is reported', async t => {
  const shim = await startShim(t)
  shim.write('\x00\xff nonsense\nprocessname:x groupname:x from_state:RUNNING expected:0 pid:1')
  await shim.until(() => shim.said().includes('RESULT 2\nOK'), 'an answer')
  assert.match(shim.log(), /"header":"\\u0000.*nonsense"/)
  shim.write(notification({ serial: 5 }, CRASH))
  await shim.until(() => shim.posted().length === 1, 'the crash')
  assert.equal(shim.posted()[0]?.data.service_name, 'cat')
})

test('notifications of any bytes are answered', async t => {
  const shim = await startShim(t)
  const payloads = [
    '',
    ' ',
    '\n',
    'processname:',
    'processname: groupname: expected:0',
    'expected:0 pid:99999999999999999999',
    'processname:\u0000\u001b[31m expected:0 pid:-1',
    `processname:${'é'.repeat(500)} groupname:x expected:0 pid:1`,
  ]
  for (const [index, payload] of payloads.entries()) {
    shim.write(notification({ serial: index + 1, poolserial: index }, payload))
    const answers = `RESULT 2\nOKREADY\n`.repeat(index + 1)
    await shim.until(() => shim.said() === `READY\n${answers}`, `answer ${index + 1}`)
  }
})

test('SIGTERM delivers what is spooled and exits with status 0', async t => {
  const shim = await startShim(t, { api: 'slow' })
  shim.write(notification({}, CRASH))
  await shim.until(() => shim.said().includes('OK'), 'the acknowledgement')
  shim.kill('SIGTERM')
  assert.equal(await shim.ended, 0)
  assert.equal(shim.posted().length, 1)
})

test('SIGTERM does not wait for an API that is away: the event is there for the next run', async t => {
  const shim = await startShim(t, { api: 'down' })
  shim.write(notification({}, CRASH))
  await shim.until(() => shim.said().includes('OK'), 'the acknowledgement')
  shim.kill('SIGTERM')
  assert.equal(await shim.ended, 0)
  assert.deepEqual(readdirSync(shim.stateDir), ['spool'], 'no status of a shim that has ended')
  const next = await startShim(t, { stateDir: shim.stateDir })
  await next.until(() => next.posted().length === 1, 'the event of the run before')
})

test('a bad API URL is an error that names the variable', async t => {
  for (const url of ['nonsense', 'ftp://x', '127.0.0.1:10001', 'http://']) {
    const shim = await startShim(t, { env: { KERNEL_IMAGES_API_BASE_URL: url } })
    assert.equal(await shim.ended, 2, url)
    assert.match(shim.log(), /KERNEL_IMAGES_API_BASE_URL must be/)
    assert.equal(shim.said(), '')
  }
})

test('supervisord is not made to start a misconfigured shim at once, for ever', async t => {
  const env = { KERNEL_IMAGES_API_BASE_URL: 'nonsense', SUPERVISOR_ENABLED: '1' }
  const shim = await startShim(t, { env })
  assert.equal(await shim.ended, 2)
  const lastedMs = Date.now() - JSON.parse(shim.log()).time
  assert.ok(lastedMs > 4000, `it ended ${lastedMs} ms after it said why`)
})
