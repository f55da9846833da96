/**
 * OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and
 * .../configuration/sdk-environment-variables/), read by its SDK. The SDK falls back to a default where
 * a value is malformed, and says so nowhere that an operator looks; so they are checked before.
 */

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { createSecureContext } from 'node:tls'
import { SinkError } from '../sink.ts'

export type OtlpEncoding = 'http/protobuf' | 'http/json'

export interface OtlpConfig {
  readonly exporter: 'otlp' | 'console'
  readonly encoding: OtlpEncoding
  readonly timeoutMs: number
}

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const
const EXPORTERS: readonly string[] = ['otlp', 'console']
const ENCODINGS: readonly string[] = ['http/protobuf', 'http/json']
const DEFAULT_TIMEOUT_MS = 10_000
/** Longest key and value of a resource attribute that the SDK takes. */
const MAX_ATTRIBUTE_LENGTH = 255

/** Whether the environment asks for logs at all. */
export function isOtlpConfigured(env: NodeJS.ProcessEnv): boolean {
  if (isTurnedOff(env)) return false
  return read(env, 'OTEL_LOGS_EXPORTER') !== undefined || ENDPOINTS.some(name => read(env, name))
}

/** Whether the environment says that there are to be no logs, whoever asks for them. */
export function isTurnedOff(env: NodeJS.ProcessEnv): boolean {
  if (read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return true
  return read(env, 'OTEL_LOGS_EXPORTER')?.toLowerCase() === 'none'
}

/** @throws {SinkError} that names the variable */
export function readOtlpConfig(env: NodeJS.ProcessEnv): OtlpConfig {
  const disabled = read(env, 'OTEL_SDK_DISABLED')
  if (disabled !== undefined && disabled.toLowerCase() !== 'false') {
    throw misconfigured('OTEL_SDK_DISABLED', 'must be true or false', disabled)
  }
  const exporter = read(env, 'OTEL_LOGS_EXPORTER')?.toLowerCase() ?? 'otlp'
  if (!EXPORTERS.includes(exporter)) {
    throw misconfigured('OTEL_LOGS_EXPORTER', 'must be otlp, console or none', exporter)
  }
  checkEndpoint(env)
  checkHeaders('OTEL_EXPORTER_OTLP_HEADERS', env)
  checkHeaders('OTEL_EXPORTER_OTLP_LOGS_HEADERS', env)
  checkCertificates(env)
  checkResourceAttributes(env)
  const compression = readOption(env, 'COMPRESSION')
  if (compression !== undefined && !/^(?:gzip|none)$/.test(compression.value)) {
    throw misconfigured(compression.name, 'must be gzip or none', compression.value)
  }
  const timeout = readOption(env, 'TIMEOUT')
  if (timeout !== undefined && !(Number(timeout.value) > 0 && Number.isFinite(+timeout.value))) {
    throw misconfigured(timeout.name, 'must be a number of milliseconds', timeout.value)
  }
  const protocol = readOption(env, 'PROTOCOL')
  if (protocol !== undefined && !ENCODINGS.includes(protocol.value)) {
    throw misconfigured(protocol.name, 'must be http/protobuf or http/json', protocol.value)
  }
  return {
    exporter: exporter as OtlpConfig['exporter'],
    encoding: (protocol?.value ?? 'http/protobuf') as OtlpEncoding,
    timeoutMs: Number(timeout?.value ?? DEFAULT_TIMEOUT_MS),
  }
}

function checkEndpoint(env: NodeJS.ProcessEnv): void {
  for (const name of ENDPOINTS) {
    const value = read(env, name)
    if (value === undefined) continue
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw misconfigured(name, 'must be an http(s) URL such as http://127.0.0.1:4318', value)
    }
    return
  }
}

/** Their values are secrets: the error names the entry and shows none of it. */
function checkHeaders(name: string, env: NodeJS.ProcessEnv): void {
  for (const [index, entry] of entriesOf(read(env, name))) {
    const refuse = (what: string): SinkError => {
      const how = 'must be name=value,name=value, with what is special as %20'
      return new SinkError('misconfigured', `${name} ${how}; entry ${index + 1} ${what}`)
    }
    const [key, value] = split(entry)
    if (value === undefined) throw refuse('has no "="')
    if (value === '') throw refuse('has no value')
    // The SDK takes what follows for properties of the value, and drops it.
    if (entry.includes(';')) throw refuse('has a ";": write %3B')
    try {
      validateHeaderName(decodeURIComponent(key))
    } catch {
      throw refuse('does not begin with the name of a header')
    }
    try {
      validateHeaderValue(key, decodeURIComponent(value))
    } catch {
      throw refuse('has a value that no header can have')
    }
  }
}

function checkCertificates(env: NodeJS.ProcessEnv): void {
  const cert = readPem(env, 'CLIENT_CERTIFICATE')
  const key = readPem(env, 'CLIENT_KEY')
  for (const pem of [readPem(env, 'CERTIFICATE'), cert]) {
    if (pem !== undefined)
      checkPem(pem.name, 'certificates', () => new X509Certificate(pem.content))
  }
  if (cert !== undefined && key !== undefined) {
    const pair = { cert: cert.content, key: key.content }
    checkPem(key.name, `the key of ${cert.name}`, () => createSecureContext(pair))
  } else if (cert !== undefined || key !== undefined) {
    const [given, missing] = cert === undefined ? [key!, 'CERTIFICATE'] : [cert, 'KEY']
    const message = `${given.name} needs OTEL_EXPORTER_OTLP_CLIENT_${missing} beside it`
    throw new SinkError('misconfigured', message)
  }
}

function checkPem(name: string, what: string, parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    const message = `${name} must name a file with ${what} in PEM: ${(error as Error).message}`
    throw new SinkError('misconfigured', message)
  }
}

function readPem(env: NodeJS.ProcessEnv, option: string) {
  const file = readOption(env, option)
  if (file === undefined) return undefined
  try {
    return { name: file.name, content: readFileSync(file.value) }
  } catch (error) {
    const message = `${file.name} must name a file that can be read: ${(error as Error).message}`
    throw new SinkError('misconfigured', message)
  }
}

/** The SDK drops all of them where one is malformed. */
function checkResourceAttributes(env: NodeJS.ProcessEnv): void {
  const name = 'OTEL_RESOURCE_ATTRIBUTES'
  const how = 'must be key=value,key=value, with "," and "=" within them as %2C and %3D'
  for (const [, entry] of entriesOf(read(env, name))) {
    const [key, value] = split(entry)
    if (key === '' || value === undefined || value.includes('=')) {
      throw misconfigured(name, how, entry)
    }
    try {
      for (const part of [key, value]) {
        if (decodeURIComponent(part).length > MAX_ATTRIBUTE_LENGTH) throw new RangeError()
      }
    } catch (error) {
      const longest = `must have keys and values of at most ${MAX_ATTRIBUTE_LENGTH} characters`
      throw misconfigured(name, error instanceof RangeError ? longest : how, entry)
    }
  }
}

/** The one for logs, or else the one for all signals. */
function readOption(
  env: NodeJS.ProcessEnv,
  option: string
): { readonly name: string; readonly value: string } | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_LOGS_${option}`, `OTEL_EXPORTER_OTLP_${option}`]) {
    const value = read(env, name)
    if (value !== undefined) return { name, value }
  }
  return undefined
}

/** "The SDK MUST interpret an empty value of an environment variable the same way as when unset." */
function read(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

function entriesOf(list = ''): [index: number, entry: string][] {
  return [...list.split(',').entries()].filter(([, entry]) => entry.trim() !== '')
}

function split(entry: string): [key: string, value: string | undefined] {
  const at = entry.indexOf('=')
  return at < 0
    ? [entry.trim(), undefined]
    : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()]
}

function misconfigured(name: string, what: string, value: string): SinkError {
  return new SinkError('misconfigured', `${name} ${what}, not "${value}"`)
}
