/** One call of a sink at a time, given up when it takes too long or the application closes. */

import { SinkError } from './sink.ts'

export class Attempt {
  #controller: AbortController | undefined

  async run<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const { signal } = controller
    this.#controller = controller
    const timer = setTimeout(
      () => controller.abort(new SinkError('retry', `no answer in ${timeoutMs / 1000} s`)),
      timeoutMs
    )
    // Not every library lets go of a request when it is told to.
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      return await Promise.race([work(signal), aborted])
    } finally {
      clearTimeout(timer)
      this.#controller = undefined
    }
  }

  abort(why: string): void {
    this.#controller?.abort(new SinkError('retry', why))
  }
}
