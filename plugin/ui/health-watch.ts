/** What the server says of itself, now and then: nothing seen and nothing happened must not look the same. */

import type { Api } from './api.ts'

const INTERVAL_MS = 60_000

export class HealthWatch {
  readonly #api: Api
  /** Told what is not seen, in the server's words. */
  onReport: (reasons: readonly string[]) => void = () => {}
  /** What is watched, in sentences. */
  watching: readonly string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(api: Api) {
    this.#api = api
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const { kmsg, reasons } = await this.#api.health()
      this.watching =
        kmsg.state === 'watching'
          ? [
              `${kmsg.path} is watched: a kill shows here some milliseconds after it happened.`,
              'To see one, safely: sysmon doctor --kill',
            ]
          : ['The kernel log is not watched: kills are not seen here.']
      this.onReport(reasons ?? [])
    } catch {
      // The stream tells whether the server is there.
    }
    this.#timer = setTimeout(() => {
      if (document.hidden)
        document.addEventListener('visibilitychange', () => void this.look(), { once: true })
      else void this.look()
    }, INTERVAL_MS)
  }
}
