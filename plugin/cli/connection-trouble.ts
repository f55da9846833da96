/** What keeps `sysmon tail` from its events: one line, however often it is tried again. */

export class ConnectionTrouble {
  #reported: string | undefined

  report(message: string): void {
    if (message === this.#reported) return
    this.#reported = message
    process.stderr.write(`sysmon tail: ${message}; trying again\n`)
  }

  /** The next one is new. */
  clear(): void {
    this.#reported = undefined
  }
}
