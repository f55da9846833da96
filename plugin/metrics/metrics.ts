/**
 * Metrics for Prometheus, by prom-client: in a registry of their own, or in the host's. What is counted are the
 * events as they are published; all the rest is asked for at the scrape, once for all metrics.
 */

import type { Registry } from 'prom-client'
import type { Health } from '../../generated/types.ts'
import { InvalidOptionError } from '../errors.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import type { Reporter } from '../events/reporter.ts'
import type { MetricsRegistry, SysmonOptions } from '../types.ts'
import { EventCounters } from './event-counters.ts'
import { HEALTH_METRICS, type ServerState } from './health-metrics.ts'
import { MACHINE_METRICS, PROCESS_METRICS } from './machine-metrics.ts'
import { type AddMetric, loadPromClient, type PromClient } from './prom-client.ts'
import { addScraped } from './scraped-metric.ts'

/** Where the values are that others keep. */
export interface MetricsSources {
  readonly health: () => Health
  readonly missedByReaders: () => number
  readonly maxSseStreams: number
}

/**
 * @returns undefined where none are wanted
 * @throws {InvalidOptionError} where prom-client is missing, or the host's registry has such metrics already
 */
export async function openMetrics(
  option: Exclude<SysmonOptions['metrics'], undefined>
): Promise<Metrics | undefined> {
  if (option === false) return undefined
  const registry = option === true ? undefined : option.registry
  if (option !== true && typeof registry?.registerMetric !== 'function') {
    throw new InvalidOptionError('metrics.registry', 'must be a Registry of prom-client')
  }
  return new Metrics(await loadPromClient(), registry)
}

export class Metrics {
  /** Told by the routes. */
  openStreams: () => number = () => 0
  readonly #client: PromClient
  readonly #registry: Registry
  readonly #isOwn: boolean
  readonly #counters: EventCounters
  readonly #names: string[] = []
  #state: ServerState | undefined

  constructor(client: PromClient, registry: MetricsRegistry | undefined) {
    this.#client = client
    this.#isOwn = registry === undefined
    this.#registry = (registry ?? new client.Registry()) as Registry
    this.#counters = this.#register(() => new EventCounters(client, this.#add))
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** One event that was published just now, for the first time. */
  count(event: Pick<TelemetryEventInput, 'type' | 'data'>, reporter: Reporter): void {
    this.#counters.count(event, reporter)
  }

  /** @throws {InvalidOptionError} */
  watch(sources: MetricsSources): void {
    this.#register(() => {
      for (const metric of HEALTH_METRICS) {
        addScraped(this.#client, this.#add, metric, () => this.#stateNow(sources))
      }
      const ofMachine = this.#isOwn ? [...MACHINE_METRICS, ...PROCESS_METRICS] : MACHINE_METRICS
      for (const metric of ofMachine) addScraped(this.#client, this.#add, metric, () => {})
    })
  }

  /** The host's registry outlives the application. */
  close(): void {
    for (const name of this.#names.splice(0)) this.#registry.removeSingleMetric(name)
  }

  /** All metrics are collected in one turn: of the state folder, and of all the rest, one look is enough. */
  #stateNow({ health, missedByReaders, maxSseStreams }: MetricsSources): ServerState {
    if (this.#state === undefined) {
      queueMicrotask(() => {
        this.#state = undefined
      })
      this.#state = {
        health: health(),
        missedByReaders: missedByReaders(),
        sseStreams: this.openStreams(),
        maxSseStreams,
      }
    }
    return this.#state
  }

  readonly #add: AddMetric = (name, metric) => {
    this.#registry.registerMetric(metric)
    this.#names.push(name)
    return metric
  }

  #register<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      this.close()
      throw new InvalidOptionError(
        'metrics',
        `cannot use this registry: ${(error as Error).message} One fastify-sysmon at a time has its metrics in it`
      )
    }
  }
}
