/** First in, first out, in constant time: `Array.shift` moves all that is left. */

/** So many places are left behind before they are cut off. */
const LEAST_BEHIND = 1024

export class Queue<T> {
  #items: T[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#first++]
    // Seldom enough that each item is moved once at most.
    if (this.#first >= LEAST_BEHIND && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }
}
