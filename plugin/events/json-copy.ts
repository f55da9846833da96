/**
 * What a value is once it was written as JSON and read back. Nearly all data is of plain objects, arrays and
 * primitives: these are copied as they are, which takes a fifth of the time.
 */

/** Deeper ones, among them those that contain themselves, are left to `JSON`. */
const MAX_DEPTH = 64
/** Something that only `JSON` knows how to write. */
const UNUSUAL = Symbol('unusual')

/**
 * @returns undefined for what is nothing in JSON: undefined, a function, a symbol
 * @throws TypeError where `JSON.stringify` does: a value that contains itself, a BigInt
 */
export function jsonCopy(value: unknown): unknown {
  const copy = plainCopy(value, 0)
  if (copy !== UNUSUAL) return copy
  const json = JSON.stringify(value)
  return json === undefined ? undefined : JSON.parse(json)
}

function plainCopy(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // And -0 is written as 0.
      return Number.isFinite(value) ? value + 0 : null
    case 'object':
      if (value === null) return null
      return depth < MAX_DEPTH && isPlain(value) ? copyOf(value, depth) : UNUSUAL
    case 'bigint':
      return UNUSUAL
    case 'function':
      return 'toJSON' in value ? UNUSUAL : undefined
    default:
      return undefined
  }
}

/** Whether nothing but its own fields says what it is. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  const isKnown =
    prototype === Object.prototype || (prototype === Array.prototype && Array.isArray(value))
  return isKnown && !('toJSON' in value)
}

function copyOf(value: object, depth: number): unknown {
  return Array.isArray(value)
    ? arrayOf(value, depth)
    : objectOf(value as Readonly<Record<string, unknown>>, depth)
}

function arrayOf(value: readonly unknown[], depth: number): unknown {
  const copy: unknown[] = []
  for (let at = 0; at < value.length; at++) {
    const one = plainCopy(value[at], depth + 1)
    if (one === UNUSUAL) return UNUSUAL
    copy.push(one ?? null)
  }
  return copy
}

function objectOf(value: Readonly<Record<string, unknown>>, depth: number): unknown {
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    // To set it would set the prototype.
    if (name === '__proto__') return UNUSUAL
    const one = plainCopy(value[name], depth + 1)
    if (one === UNUSUAL) return UNUSUAL
    if (one !== undefined) copy[name] = one
  }
  return copy
}
