/** S2's SDK: loaded where it is used, opened so that it repeats nothing, its errors put into words. */

import type { S2Basin } from '@s2-dev/streamstore'
import { importOptional, SinkError } from '../sink.ts'
import type { S2Target } from './s2-config.ts'

export const S2_PACKAGES = ['@s2-dev/streamstore'] as const

export type S2Sdk = typeof import('@s2-dev/streamstore')

/** @throws {SinkError} where it is not installed */
export function loadS2(): Promise<S2Sdk> {
  return importOptional(S2_PACKAGES, () => import('@s2-dev/streamstore'))
}

/** For the sink and for those who read; nothing is repeated by the SDK itself. */
export function openBasin(sdk: S2Sdk, { accessToken, basin, endpoints }: S2Target): S2Basin {
  const retry = { maxAttempts: 1, appendRetryPolicy: 'noSideEffects' } as const
  return new sdk.S2({ accessToken, endpoints, retry }).basin(basin)
}

/** The HTTP status of an error of the SDK, which uses some for its own faults too. */
export function statusOf(error: unknown): number {
  return (error as { status?: number } | null)?.status ?? 0
}

export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}

/** Statuses of the server by which it says that another attempt may succeed. */
const PASSING: readonly number[] = [0, 404, 408, 409, 412, 416, 429, 499]

/** By which a server says that what was sent is wrong. */
const BAD_DATA: readonly number[] = [400, 413, 422]
/** Codes of what a person has to mend, whatever their status. */
const MENDABLE = ['quota_exhausted', 'access_token_not_found', 'basin_not_found']

/** Who has to do what, now that S2 did not take the records of an append. */
export function toAppendError(error: unknown, target: Pick<S2Target, 'basin'>): Error {
  const isBadData = BAD_DATA.includes(statusOf(error)) && !MENDABLE.includes(codeOf(error) ?? '')
  if (isBadData && error instanceof Error && isOfServer(error)) {
    const message = `S2 answered ${statusOf(error)}: ${error.message}`
    return new SinkError('rejected', message, { cause: error })
  }
  return toSinkError(error, target)
}

/** For its own faults the SDK makes up a status. */
function isOfServer(error: Error): boolean {
  return (error as { origin?: unknown }).origin === 'server'
}

/** Who has to do what, now that S2 did not answer as it should. */
export function toSinkError(error: unknown, { basin }: Pick<S2Target, 'basin'>): Error {
  if (error instanceof SinkError || !(error instanceof Error)) return error as Error
  const status = statusOf(error)
  const code = codeOf(error)
  const options = { cause: error }
  if (!('origin' in error)) {
    // None of the SDK's errors: it stumbled over a page of a proxy, or over a stream that broke off.
    return new SinkError(
      'retry',
      `what answered is not S2, or broke off: ${error.message}`,
      options
    )
  }
  if (code === 'quota_exhausted') {
    return new SinkError('refused', `S2's quota is exhausted: ${error.message}`, options)
  }
  if (status === 401 || status === 403 || code === 'access_token_not_found') {
    return new SinkError(
      'refused',
      `S2 refuses the access token (S2_ACCESS_TOKEN): ${error.message}`,
      options
    )
  }
  if (code === 'basin_not_found') {
    return new SinkError('refused', `S2 knows no basin ${basin} (S2_BASIN): create it`, options)
  }
  if (code === 'stream_not_found') {
    return new SinkError('retry', 'the S2 stream is gone', { ...options, reconnect: true })
  }
  if (code !== undefined && /SELF_SIGNED|UNABLE_TO|UNTRUSTED/.test(code)) {
    return new SinkError(
      'retry',
      `the certificate of S2's endpoint is not trusted (${code}): NODE_EXTRA_CA_CERTS names a file of those that are, beside the usual ones`,
      options
    )
  }
  const isServers = isOfServer(error)
  if (isServers && status >= 400 && status < 500 && !PASSING.includes(status)) {
    return new SinkError('refused', `S2 answered ${status}: ${error.message}`, options)
  }
  return new SinkError('retry', `S2: ${error.message}${isServers ? ` (${status})` : ''}`, options)
}
