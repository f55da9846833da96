/**
 * What a value is once it was written as JSON and read back. Nearly all data is of plain objects, arrays and
 * primitives, and small: these are copied as they are, in an eighth of the time.
 */

/** Deeper ones, among them those that contain themselves, are left to `JSON`. */
const MAX_DEPTH = 64
/** Larger ones too: a few objects that are in each other many times are millions. */
const MAX_VALUES = 4096
/** Something that only `JSON` knows how to write. */
const UNUSUAL = Symbol('unusual')

export interface JsonCopy {
  /** undefined for what is nothing in JSON: undefined, a function, a symbol */
  readonly value: unknown
  /** The same as JSON, where it had to be written. */
  readonly json: string | undefined
}

interface Room {
  values: number
}

/** @throws what `JSON.stringify` does: a TypeError for a value that contains itself, or a BigInt */
export function jsonCopy(value: unknown): JsonCopy {
  const copy = plainCopy(value, 0, { values: MAX_VALUES })
  if (copy !== UNUSUAL) return { value: copy, json: undefined }
  const json = JSON.stringify(value)
  return { value: json === undefined ? undefined : JSON.parse(json), json }
}

function plainCopy(value: unknown, depth: number, room: Room): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      // And -0 is written as 0.
      return Number.isFinite(value) ? value + 0 : null
    case 'object':
      if (value === null) return null
      return depth < MAX_DEPTH && isPlain(value) ? copyOf(value, depth, room) : UNUSUAL
    case 'bigint':
      return UNUSUAL
    case 'function':
      return writesItself(value) ? UNUSUAL : undefined
    default:
      return undefined
  }
}

/** Whether nothing but its own fields says what it is. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  const isKnown =
    prototype === Object.prototype || (prototype === Array.prototype && Array.isArray(value))
  return isKnown && !writesItself(value)
}

function writesItself(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function'
}

function copyOf(value: object, depth: number, room: Room): unknown {
  return Array.isArray(value)
    ? arrayOf(value, depth, room)
    : objectOf(value as Readonly<Record<string, unknown>>, depth, room)
}

function arrayOf(value: readonly unknown[], depth: number, room: Room): unknown {
  const { length } = value
  room.values -= length
  if (room.values < 0) return UNUSUAL
  const copy: unknown[] = []
  for (let at = 0; at < length; at++) {
    const one = plainCopy(value[at], depth + 1, room)
    if (one === UNUSUAL) return UNUSUAL
    copy.push(one ?? null)
  }
  return copy
}

function objectOf(value: Readonly<Record<string, unknown>>, depth: number, room: Room): unknown {
  const names = Object.keys(value)
  room.values -= names.length
  if (room.values < 0) return UNUSUAL
  const copy: Record<string, unknown> = {}
  for (const name of names) {
    // To set it would set the prototype.
    if (name === '__proto__') return UNUSUAL
    const one = plainCopy(value[name], depth + 1, room)
    if (one === UNUSUAL) return UNUSUAL
    if (one !== undefined) copy[name] = one
  }
  return copy
}
