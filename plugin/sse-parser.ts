/** The text of an event stream, cut into frames wherever its chunks end. https://html.spec.whatwg.org/#parsing-an-event-stream */

export interface Frame {
  readonly id: string | undefined
  readonly data: string | undefined
  /** What stands behind a colon at the beginning of a line. */
  readonly comment: string | undefined
}

export class SseParser {
  #rest = ''
  #id: string | undefined
  #data: string[] = []
  #comment: string | undefined

  /** @returns the frames that are complete */
  push(text: string): Frame[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const frames: Frame[] = []
    for (const line of lines) {
      const frame = this.#take(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (frame !== undefined) frames.push(frame)
    }
    return frames
  }

  #take(line: string): Frame | undefined {
    if (line === '') return this.#end()
    // A line may hold what else ends lines in JavaScript (U+2028).
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (name === '') this.#comment = value
    else if (name === 'id') this.#id = value
    else if (name === 'data') this.#data.push(value ?? '')
    return undefined
  }

  #end(): Frame | undefined {
    const id = this.#id
    const data = this.#data.length === 0 ? undefined : this.#data.join('\n')
    const comment = this.#comment
    this.#id = undefined
    this.#data = []
    this.#comment = undefined
    return data === undefined && comment === undefined ? undefined : { id, data, comment }
  }
}
