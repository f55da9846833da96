/**
 * The real plugin in an application of the test's own: by inject, every answer held against the
 * OpenAPI document, and over a real socket.
 */

import assert from 'node:assert/strict'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import Fastify, {
  type FastifyInstance,
  type FastifyServerOptions,
  type InjectOptions,
} from 'fastify'
import { openapiJson } from '../../generated/document.ts'
import { type SchemaName, schemas } from '../../generated/schemas.ts'
import type { EventEnvelope } from '../../generated/types.ts'
import { type SysmonOptions, sysmonPlugin } from '../../plugin/index.ts'
import { PATIENCE_MS } from './wait.ts'

export interface AppOptions {
  /** Options of the host application. */
  readonly fastify?: FastifyServerOptions
  /** What the host does before it registers the plugin. */
  readonly before?: (app: FastifyInstance) => unknown
  /** What the host does after it registered the plugin. */
  readonly after?: (app: FastifyInstance) => unknown
}

/** A ready application with the plugin, without a kernel log; closed after the test. */
export async function startApp(
  t: TestContext,
  options: SysmonOptions = {},
  host: AppOptions = {}
): Promise<FastifyInstance> {
  const app = Fastify(host.fastify ?? {}) as FastifyInstance
  t.after(() => app.close())
  await host.before?.(app)
  await app.register(sysmonPlugin, { kmsgPath: false, closeTimeout: 100, ...options })
  await host.after?.(app)
  await app.ready()
  return app
}

/** Listens on a free port. @returns the address, without a slash at its end */
export async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** As it is on the wire: fields that are undefined are absent. */
export function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

/** Publishes an event of the type `note` by the host's own way. */
export function note(app: FastifyInstance, data: unknown): EventEnvelope {
  const envelope = app.sysmon.publish({ type: 'note', category: 'console', data })
  assert.ok(envelope)
  return envelope
}

// --- answers, held against the document ---------------------------------------------------------

interface Response {
  readonly $ref?: string
  readonly content?: Record<string, { schema: { $ref?: string } }>
}
interface Operation {
  readonly parameters?: ReadonlyArray<{ $ref?: string; name: string; in: string }>
  readonly responses: Record<string, Response>
}
export interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, unknown>>
}

export const document = JSON.parse(openapiJson) as Document

const ajv = new Ajv2020({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } })
for (const schema of Object.values(schemas)) ajv.addSchema(schema as AnySchemaObject)

export function assertValid(name: SchemaName, value: unknown): void {
  const validate = ajv.getSchema(`sysmon:${name}`)
  assert.ok(validate, `no schema ${name}`)
  assert.ok(validate(value), `no ${name}: ${ajv.errorsText(validate.errors)}`)
  if (name === 'EventPage')
    for (const envelope of value as EventEnvelope[]) assertNullIsCut(envelope)
  if (name === 'EventEnvelope') assertNullIsCut(value as EventEnvelope)
}

/** What the schemas do not say, for generators of clients know no conditions. */
function assertNullIsCut({ event }: EventEnvelope): void {
  assert.ok(event.data !== null || event.truncated === true, 'data is null only where it was cut')
}

/** What the document's `#/components/...` reference names. */
export function resolve<T extends { $ref?: string }>(value: T): T {
  if (value.$ref === undefined) return value
  const [, , kind, name] = value.$ref.split('/')
  return document.components[kind!]![name!] as T
}

/** Fails where the document does not know such an answer, or its body is not of the form it says. */
export function assertDocumented(
  method: string,
  url: string,
  status: number,
  contentType: string | undefined,
  body: string
): void {
  const path = url.split('?', 1)[0]!
  const operation = document.paths[path]?.[method.toLowerCase()]
  assert.ok(operation, `the document has no ${method} ${path}`)
  const response = operation.responses[status]
  assert.ok(response, `the document has no ${status} for ${method} ${path}`)
  const { content } = resolve(response)
  if (content === undefined) {
    assert.equal(body, '', `${method} ${path} ${status} has no body`)
    return
  }
  const mediaType = contentType?.split(';', 1)[0] ?? ''
  const media = content[mediaType]
  assert.ok(media, `the document has no ${mediaType} for ${method} ${path} ${status}`)
  const name = media.schema.$ref?.split('/').at(-1)
  if (name !== undefined && mediaType === 'application/json') {
    assertValid(name as SchemaName, JSON.parse(body))
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  /** The body as JSON; undefined where it is empty. */
  readonly body: unknown
}

/** A request by inject; its answer must be one that the document knows. */
export async function call(app: FastifyInstance, options: InjectOptions): Promise<Answer> {
  const { statusCode, headers, body } = await app.inject(options)
  const contentType = headers['content-type'] as string | undefined
  assertDocumented(options.method ?? 'GET', String(options.url), statusCode, contentType, body)
  const isJson = contentType?.startsWith('application/json') === true
  return {
    status: statusCode,
    headers,
    text: body,
    body: isJson && body !== '' ? JSON.parse(body) : undefined,
  }
}

/** `POST /telemetry/events`; text is sent as it is, anything else as JSON. */
export function post(
  app: FastifyInstance,
  body: unknown,
  headers: Record<string, string> = {}
): Promise<Answer> {
  return call(app, {
    method: 'POST',
    url: '/telemetry/events',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })
}

/** `GET /telemetry/events` as a page. */
export async function page(
  app: FastifyInstance,
  query = ''
): Promise<Answer & { readonly events: readonly EventEnvelope[] }> {
  const answer = await call(app, {
    url: `/telemetry/events${query}`,
    headers: { accept: 'application/json' },
  })
  return { ...answer, events: answer.status === 200 ? (answer.body as EventEnvelope[]) : [] }
}

/** Posts what must be refused, and checks that the stream did not notice. */
export async function refused(
  app: FastifyInstance,
  body: unknown,
  headers: Record<string, string> = {}
): Promise<{ status: number; message: string; detail: string | undefined }> {
  const before = app.sysmon.health().stream
  const { status, body: error } = await post(app, body, headers)
  assert.ok(status >= 400 && status < 500, `refused with a 4xx, not ${status}`)
  assert.deepEqual(app.sysmon.health().stream, before, 'the stream is untouched')
  const { message, detail } = error as { message: string; detail?: string }
  return { status, message, detail }
}

// --- a client of event streams that keeps every byte --------------------------------------------

class StreamClient {
  readonly response: IncomingMessage
  /** The complete frames so far, each without the empty line that ends it. */
  readonly frames: string[] = []
  /** The ids of the complete frames. */
  readonly ids: number[] = []
  /** How many events each comment said were missed. */
  readonly missed: number[] = []
  readonly #request: ClientRequest
  readonly #waiting = new Set<() => void>()
  #text = ''
  #rest = ''
  #isOver = false

  constructor(clientRequest: ClientRequest, response: IncomingMessage) {
    this.#request = clientRequest
    this.response = response
    response.setEncoding('utf8')
    response.on('error', () => {})
    response.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  /** Every character of the body so far. */
  get text(): string {
    return this.#text
  }

  /** The envelopes so far; one is parsed when it is asked for. */
  get envelopes(): EventEnvelope[] {
    return this.frames
      .map(frame => /^id: \d+\ndata: (.*)$/s.exec(frame)?.[1])
      .filter(json => json !== undefined)
      .map(json => JSON.parse(json) as EventEnvelope)
  }

  /** Whether the body came to its proper end. */
  get isEnded(): boolean {
    return this.#isOver && this.response.complete
  }

  /** Begins to read; a client that never does is stalled. */
  read(): this {
    this.response.on('data', (text: string) => {
      this.#text += text
      this.#split(text)
      this.#wake()
    })
    return this
  }

  /** @throws when the stream is over without it, and after a time in which it would have come */
  async until(isTrue: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (!isTrue()) {
      const left = deadline - Date.now()
      if (this.#isOver || left <= 0) {
        throw new Error(`the stream never showed ${what}; it ends in ${this.#text.slice(-300)}`)
      }
      await new Promise<void>(resolve => {
        const timer = setTimeout(done, left)
        const waiting = this.#waiting
        function done() {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
    }
  }

  /** Waits for the end, proper or not. */
  async over(): Promise<void> {
    await this.until(() => this.#isOver, 'its end').catch(error => {
      if (!this.#isOver) throw error
    })
  }

  leave(): void {
    this.#request.destroy()
  }

  #split(text: string): void {
    const frames = (this.#rest + text).split('\n\n')
    this.#rest = frames.pop() ?? ''
    for (const frame of frames) {
      this.frames.push(frame)
      const id = /^id: (\d+)\n/.exec(frame)?.[1]
      if (id !== undefined) this.ids.push(Number(id))
      const gap = /^: telemetry_gap (.*)$/s.exec(frame)?.[1]
      if (gap !== undefined) this.missed.push((JSON.parse(gap) as { lost: number }).lost)
    }
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }
}

/** Resolves when the headers are there; nothing of the body is read before `read()`. */
export function openStalled(
  t: TestContext,
  url: string,
  headers: Record<string, string> = {}
): Promise<StreamClient> {
  return new Promise((resolve, reject) => {
    const clientRequest = request(url, { headers, agent: false }, response => {
      resolve(new StreamClient(clientRequest, response))
    })
    clientRequest.on('error', reject)
    t.after(() => clientRequest.destroy())
    clientRequest.end()
  })
}

export async function openStream(
  t: TestContext,
  url: string,
  headers: Record<string, string> = {}
): Promise<StreamClient> {
  return (await openStalled(t, url, headers)).read()
}
