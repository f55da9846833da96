/** `POST /telemetry/events`: bodies that are no JSON, too large, lied about, or not exact. */

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { EventEnvelope } from '../../generated/types.ts'
import { assertDocumented, listen, post, refused, startApp } from '../support/app.ts'

const withData = (json: string) => `{"type":"note","category":"console","data":${json}}`
const valid = withData('1')

for (const [name, body, message] of [
  ['an empty body', '', /empty/],
  ['a body of blanks', '  \n', /empty/],
  ['half a body', '{"type":"note"', /malformed JSON/],
  ['text', 'type=note', /malformed JSON/],
  ['two documents', `${valid}${valid}`, /malformed JSON/],
  ['a comma too many', '{"type":"note",}', /malformed JSON/],
  ['an array', `[${valid}]`, /must be a JSON object/],
  ['a number', '1', /must be a JSON object/],
  ['text in quotes', '"note"', /must be a JSON object/],
  ['null', 'null', /must be a JSON object/],
] as const) {
  test(`${name}: 400`, async t => {
    const app = await startApp(t)
    const error = await refused(app, body)
    assert.equal(error.status, 400)
    assert.match(error.message, message)
  })
}

test('a body of 1000 levels is taken, one level more is refused: of arrays, of objects, of both', async t => {
  const app = await startApp(t)
  // The body itself is a level.
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const nested = (levels: number) => withData(`${open.repeat(levels)}1${close.repeat(levels)}`)
    const { status, body } = await post(app, nested(999))
    assert.equal(status, 200)
    assert.equal(
      JSON.stringify((body as EventEnvelope).event.data),
      JSON.stringify(JSON.parse(nested(999)).data)
    )
    const error = await refused(app, nested(1000))
    assert.equal(error.status, 400)
    assert.match(error.message, /deeper than 1000 levels/)
  }
  const side = withData(`[${'[],{"a":{}},'.repeat(2000)}1]`)
  assert.equal((await post(app, side)).status, 200, 'levels that are closed do not count')
})

test('so many values are taken, more are refused before they are parsed: whatever they are', async t => {
  const app = await startApp(t, { bodyLimit: 8 * 1024 * 1024 })
  const list = (value: string, count: number) =>
    withData(`[${`${value},`.repeat(count - 1)}${value}]`)
  assert.equal((await post(app, list('1', 99_000))).status, 200)
  const strings = list(String.raw`"[{,\\\"[,"`, 99_000)
  assert.equal((await post(app, strings)).status, 200, 'what stands in a text is no value')
  for (const value of ['1', '""', '[]', '{}', '[[]]', '{"a":1}', 'null', ' [ ] ']) {
    const { status, message } = await refused(app, list(value, 100_000))
    assert.equal(status, 400)
    assert.match(message, /more than 100000 values/)
  }
  const fields = Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')
  assert.match((await refused(app, withData(`{${fields}}`))).message, /more than 100000 values/)
  // Not looked at further: that it is no JSON is found by nobody.
  assert.match((await refused(app, '['.repeat(4_000_000))).message, /deeper/)
})

test('what a client sent is not given back whole', async t => {
  const app = await startApp(t)
  const long = 'x'.repeat(1_000_000)
  for (const [body, headers] of [
    [`{"${long}":1,"${long}":2}`, {}],
    [withData(`1${'0'.repeat(1_000_000)}1`), {}],
    [`{"type":"note","category":"console","source":{"kind":"cdp","metadata":{"${long}":1}}}`, {}],
    [`{"type":"note","category":"${long}"}`, {}],
    [`{"type":"note","category":"console","ts":"${long}"}`, {}],
    [`{"type":"note","category":"console","${long}":1,}`, {}],
    [`{"type":"system_oom_kill","data":{"${long}":1}}`, {}],
    [valid, { 'content-encoding': 'x'.repeat(5000) }],
    [valid, { 'content-type': 'x'.repeat(5000) }],
  ] as const) {
    const { message, detail = '' } = await refused(app, body, headers)
    assert.ok(message.length + detail.length < 600, message)
  }
})

test('no body and no content type: 400', async t => {
  const app = await startApp(t)
  const answer = await app.inject({ method: 'POST', url: '/telemetry/events' })
  assert.equal(answer.statusCode, 400)
  assert.match(answer.json().message, /must be a JSON object/)
})

test('malformed JSON: the message says where, not only that', async t => {
  const app = await startApp(t)
  const { message } = await refused(app, '{"type":"note",,"category":"console"}')
  assert.match(message, /position 15|line 1|Unexpected token/)
})

for (const key of [
  '{"__proto__":{"a":1}}',
  '{"a":{"__proto__":1}}',
  '{"constructor":{"prototype":1}}',
]) {
  test(`${key} is refused, and its message is about the key`, async t => {
    const app = await startApp(t)
    const error = await refused(app, withData(key))
    assert.equal(error.status, 400)
    assert.match(error.message, /__proto__|prototype/)
  })
}

test('__proto__ beside the type is refused too', async t => {
  const app = await startApp(t)
  assert.equal((await refused(app, `{"__proto__":{"category":"console"},"type":"n"}`)).status, 400)
  assert.equal('category' in {}, false)
})

for (const [name, number] of [
  ['an integer over 2^53', '9007199254740993'],
  ['one below -2^53', '-9007199254740993'],
  ['an integer of 30 digits', '123456789012345678901234567890'],
  ['a number over all doubles', '1e400'],
  ['one below all doubles', '-1E+400'],
  // Infinity from digits alone.
  ['an integer of 400 digits', '9'.repeat(400)],
  ['an integer over 2^53 with a fraction of zeros', '9007199254740993.0'],
  ['an integer over 2^53 with an exponent', '9007199254740993e0'],
  ['a number under all doubles', '1e-400'],
  ['a fraction over 2^53', '9007199254740993.5'],
] as const) {
  for (const json of [number, `[${number}]`, `{"a":{"b":${number}}}`]) {
    test(`${name}, ${json.length > 60 ? 'long' : json}: refused, and the message names it`, async t => {
      const app = await startApp(t)
      const error = await refused(app, withData(json))
      assert.equal(error.status, 400)
      assert.ok(error.message.includes(number.slice(0, 100)), error.message)
      assert.ok(error.message.length < 250, 'a long one is not given back whole')
      assert.match(error.message, /send it as a string/)
    })
  }
}

for (const number of [
  '9007199254740991',
  '-9007199254740991',
  '9007199254740992',
  '10000000000000000000',
  '1e300',
  '5e-324',
  '0.1',
  '1764000000.123456',
]) {
  test(`the number ${number}, which doubles hold, is accepted`, async t => {
    const app = await startApp(t)
    const { status, body } = await post(app, withData(`[${number}]`))
    assert.equal(status, 200)
    assert.deepEqual((body as EventEnvelope).event.data, [Number(number)])
  })
}

test('a number in a field that is not kept is nobody’s loss', async t => {
  const app = await startApp(t)
  const event =
    '{"type":"note","category":"console","more":[1e400,{"data":9007199254740993}],"data":1}'
  assert.equal((await post(app, event)).status, 200)
  const put = async (payload: string) => {
    const headers = { 'content-type': 'application/json' }
    const { statusCode } = await app.inject({ method: 'PUT', url: '/telemetry', headers, payload })
    return statusCode
  }
  assert.equal(await put('{"more":9007199254740993}'), 200)
  assert.equal(await put('{"storage":{"a":[9007199254740993]}}'), 400)
})

test('digits in text are no number', async t => {
  const app = await startApp(t)
  for (const text of ['9007199254740993', '1e400', '\\"9007199254740993', '\\\\']) {
    const { status } = await post(app, withData(`{"${text}":["${text}",1e3]}`))
    assert.equal(status, 200, text)
  }
})

test('a field given twice is refused: one of the two would be lost', async t => {
  const app = await startApp(t)
  assert.equal((await refused(app, withData('{"a":1,"a":2}'))).status, 400)
})

test('a 4 MiB text beside a ts of 16 digits is read', async t => {
  const app = await startApp(t)
  const text = 'x"\\'.repeat(500_000)
  const { status } = await post(app, {
    type: 'note',
    category: 'console',
    ts: 1764000000123456,
    data: text,
  })
  assert.equal(status, 200)
})

test('data nested deeper than can be written is a 4xx', async t => {
  const app = await startApp(t)
  const depth = 100_000
  const { message } = await refused(app, withData('['.repeat(depth) + ']'.repeat(depth)))
  assert.match(message, /deep|nest/)
})

test('bytes that are no UTF-8 are refused, not replaced', async t => {
  const app = await startApp(t)
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xe9]]) {
    const body = Buffer.concat([
      Buffer.from('{"type":"note","category":"console","data":"'),
      Buffer.from(bytes),
      Buffer.from('"}'),
    ])
    const error = await refused(app, body)
    assert.equal(error.status, 400)
    assert.match(error.message, /UTF-8/)
  }
})

test('a byte order mark before the JSON is passed over', async t => {
  const app = await startApp(t)
  assert.equal((await post(app, `\ufeff${valid}`)).status, 200)
})

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonx',
  'application/octet-stream',
  'text/json',
  'json',
]) {
  test(`content-type ${type}: 415, whatever the body is`, async t => {
    const app = await startApp(t)
    const error = await refused(app, valid, { 'content-type': type })
    assert.equal(error.status, 415)
    assert.match(error.message, /application\/json/)
  })
}

test('a body without content type: 415', async t => {
  const app = await startApp(t)
  const url = new URL('/telemetry/events', await listen(app))
  const [status, contentType, text] = await new Promise<[number, string | undefined, string]>(
    (resolve, reject) => {
      const sent = request(url, { method: 'POST', agent: false }, async response => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve([response.statusCode ?? 0, response.headers['content-type'], body])
      })
      sent.on('error', reject)
      sent.end(valid)
    }
  )
  assert.equal(status, 415)
  assertDocumented('POST', '/telemetry/events', status, contentType, text)
  assert.equal(app.sysmon.health().stream.seq, 0)
})

for (const type of ['application/cloudevents+json', 'text/json']) {
  test(`content-type ${type} is not application/json: 415`, async t => {
    const app = await startApp(t)
    assert.equal((await refused(app, valid, { 'content-type': type })).status, 415)
  })
}

for (const type of ['application/json;charset=UTF-8', 'Application/JSON ; charset=utf-8']) {
  test(`content-type ${type} is JSON`, async t => {
    const app = await startApp(t)
    assert.equal((await post(app, valid, { 'content-type': type })).status, 200)
  })
}

test('JSON by its content type, an image by its bytes: 400', async t => {
  const app = await startApp(t)
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  assert.equal((await refused(app, png)).status, 400)
})

for (const encoding of ['gzip', 'deflate', 'br']) {
  test(`content-encoding ${encoding}: 415, and the message says to send it uncompressed`, async t => {
    const app = await startApp(t)
    const error = await refused(app, gzipSync(valid), { 'content-encoding': encoding })
    assert.equal(error.status, 415)
    assert.match(error.message, /uncompressed/)
  })
}

test('content-encoding identity is none', async t => {
  const app = await startApp(t)
  assert.equal((await post(app, valid, { 'content-encoding': 'identity' })).status, 200)
})

test('a body of 5 MB: 413, and the message names the limit', async t => {
  const app = await startApp(t)
  const error = await refused(app, withData(`"${'x'.repeat(5_000_000)}"`))
  assert.equal(error.status, 413)
  assert.match(error.message, /4194304 bytes/)
})

test('a body of exactly the limit is read, one byte more is not', async t => {
  const app = await startApp(t, { bodyLimit: 100 })
  const fitting = withData(`"${'x'.repeat(100 - withData('""').length)}"`)
  assert.equal(fitting.length, 100)
  assert.equal((await post(app, fitting)).status, 200)
  assert.equal((await refused(app, `${fitting} `)).status, 413)
})

test('a body of 5 MB in chunks, its length not announced: 413, and the server goes on', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const sent = request(
      `${url}/telemetry/events`,
      { method: 'POST', headers, agent: false },
      response => {
        response.resume()
        resolve(response.statusCode)
        // What is not sent yet has nobody who reads it.
        sent.destroy()
      }
    )
    sent.on('error', reject)
    for (let i = 0; i < 5; i++) sent.write('x'.repeat(1_000_000))
    sent.end()
  })
  assert.equal(status, 413)
  assert.equal((await post(app, valid)).status, 200)
  assert.equal(app.sysmon.health().stream.seq, 1)
})

test('an envelope over 1,000,000 bytes is answered without its data, and says so', async t => {
  const app = await startApp(t)
  const { status, body } = await post(app, withData(`"${'€'.repeat(400_000)}"`))
  assert.equal(status, 200)
  const { event } = body as EventEnvelope
  assert.equal(event.data, null)
  assert.equal(event.truncated, true)
})
