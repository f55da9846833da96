/** prom-client, which a host installs where it wants metrics: loaded only then. */

import type { Counter, Gauge } from 'prom-client'
import { InvalidOptionError } from '../errors.ts'
import { installLine } from '../package-info.ts'

export type PromClient = typeof import('prom-client')

/** Into the registry. */
export type AddMetric = <Metric extends Counter | Gauge>(name: string, metric: Metric) => Metric

/** @throws {InvalidOptionError} where it is not installed */
export async function loadPromClient(): Promise<PromClient> {
  try {
    // It is CommonJS.
    return (await import('prom-client')).default
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new InvalidOptionError(
      'metrics',
      `needs the package prom-client, which is not installed: ${installLine(['prom-client'])}`
    )
  }
}
