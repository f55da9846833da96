/**
 * OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), read
 * by its SDK. The SDK falls back to a default where a value is malformed, and says so nowhere that an
 * operator looks; so the ones that decide where events go are checked before.
 */

import { SinkError } from '../sink.ts'

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const
const TIMEOUTS = ['OTEL_EXPORTER_OTLP_LOGS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'] as const

export type OtlpEncoding = 'http/protobuf' | 'http/json'

/** Whether the environment asks for OTLP logs at all. */
export function isOtlpConfigured(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  if (env.OTEL_LOGS_EXPORTER === 'none') return false
  return ENDPOINTS.some(name => Boolean(env[name]))
}

/** @throws {SinkError} that names the variable */
export function checkOtlpEnv(env: NodeJS.ProcessEnv): OtlpEncoding {
  for (const name of ENDPOINTS) {
    const value = env[name]
    if (!value) continue
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw misconfigured(name, `must be an http(s) URL such as http://127.0.0.1:4318`, value)
    }
  }
  for (const name of TIMEOUTS) {
    const value = env[name]
    if (value && !(Number(value) > 0)) {
      throw misconfigured(name, 'must be a number of milliseconds', value)
    }
  }
  for (const entry of (env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',')) {
    if (entry.trim() !== '' && !/^[^=]+=/.test(entry)) {
      throw misconfigured('OTEL_RESOURCE_ATTRIBUTES', 'must be key=value,key=value', entry)
    }
  }
  for (const name of PROTOCOLS) {
    const value = env[name]
    if (!value) continue
    if (value === 'http/protobuf' || value === 'http/json') return value
    throw misconfigured(name, 'must be http/protobuf or http/json', value)
  }
  return 'http/protobuf'
}

function misconfigured(name: string, what: string, value: string): SinkError {
  return new SinkError('misconfigured', `${name} ${what}, not "${value}"`)
}
