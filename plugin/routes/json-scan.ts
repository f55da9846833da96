/**
 * Passes over the bytes of a JSON text (https://www.rfc-editor.org/rfc/rfc8259), which are ASCII
 * wherever they are not inside of a string.
 */

import { quoted } from '../errors.ts'

/** Deeper than any event, and far from where writing it would exhaust the stack. */
const MAX_DEPTH = 1000
/** Fewer digits than these are carried exactly. */
const SHORT_DIGITS = 15
const MAX_SAFE_INTEGER = String(Number.MAX_SAFE_INTEGER)
/** So many take some 20 ms to be parsed, checked and written; a body of 4 MB could have a million. */
const MAX_VALUES = 100_000

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Whether a text, of which nothing is known yet, would take too long to parse.
 *
 * @returns what is too much of it, as a sentence
 */
export function tooMuch(json: Buffer): string | undefined {
  // A level takes a byte, and a value does.
  if (json.length <= MAX_DEPTH) return undefined
  let depth = 0
  let values = 1
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at)
        break
      case COMMA:
        values++
        break
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        // With its first member; an empty one is counted for two.
        values++
        depth++
        if (depth > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`
        break
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--
        break
    }
    if (values > MAX_VALUES) {
      return `the body has more than ${MAX_VALUES} values: send several events, or the values as one string`
    }
  }
  return undefined
}

/**
 * Whether nothing of a text can have been lost, at a glance, which is enough for nearly all: it has as
 * many fields as were read from it, so that none is given twice, and no number that is long.
 *
 * @param text JSON @param value what it was parsed to
 */
export function isSurelyKept(text: string, value: unknown): boolean {
  let fields = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      at = endOfText(text, at)
    } else if (char === COLON) {
      fields++
    } else if (char === MINUS || isDigit(char)) {
      const start = at
      while (isOfNumber(text.charCodeAt(at + 1))) at++
      if (at - start >= SHORT_DIGITS && !isSafeInteger(text.slice(start, at + 1))) return false
      if (hasExponent(text, start, at)) return false
    }
  }
  return fields === fieldsIn(value)
}

/**
 * What of a text, which is known to be JSON, would not survive being parsed and written.
 *
 * @param kept the fields of the outermost object that are; what is in others may get lost
 * @returns it, as a sentence
 */
export function whatWouldBeLost(json: Buffer, kept: readonly string[]): string | undefined {
  let isKept = false
  /** For each open object the keys it has so far; null for an array. */
  const open: Array<Set<string> | null> = []
  let stringStart = 0
  let stringEnd = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!
    if (byte === QUOTE) {
      stringStart = at
      at = endOfString(json, at)
      stringEnd = at + 1
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      open.push(byte === OPEN_OBJECT ? new Set() : null)
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      open.pop()
    } else if (byte === COLON) {
      const keys = open[open.length - 1]
      const key = JSON.parse(json.toString('utf8', stringStart, stringEnd)) as string
      if (keys?.has(key) === true) return `the field "${quoted(key)}" is given twice: send it once`
      keys?.add(key)
      if (open.length === 1) isKept = kept.includes(key)
    } else if (byte === MINUS || isDigit(byte)) {
      const start = at
      while (isOfNumber(json[at + 1])) at++
      const token = json.toString('latin1', start, at + 1)
      if (isKept && isInexact(token)) {
        return `the number ${quoted(token)} cannot be carried exactly by JSON readers: send it as a string`
      }
    }
  }
  return undefined
}

/** As {@link endOfString}. */
function endOfText(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1 && text.charCodeAt(quote - 1) === BACKSLASH) {
    let slashes = 1
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) break
    quote = text.indexOf('"', quote + 1)
  }
  return quote === -1 ? text.length : quote
}

/** The fields of all objects in a value. */
function fieldsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let fields = 0
  if (Array.isArray(value)) {
    for (const item of value) fields += fieldsIn(item)
    return fields
  }
  for (const key in value) fields += 1 + fieldsIn((value as Record<string, unknown>)[key])
  return fields
}

/** Of digits alone. @param token of a number */
function isSafeInteger(token: string): boolean {
  const digits = token.startsWith('-') ? token.slice(1) : token
  if (!/^\d{1,16}$/.test(digits)) return false
  // Of equal length, they compare as the numbers do.
  return digits.length < MAX_SAFE_INTEGER.length || digits <= MAX_SAFE_INTEGER
}

function hasExponent(text: string, start: number, end: number): boolean {
  for (let at = start; at <= end; at++) if ((text.charCodeAt(at) | 0x20) === 0x65) return true
  return false
}

/** @returns the place of the quote that ends it, or the end of the text */
function endOfString(json: Buffer, start: number): number {
  const quote = json.indexOf(QUOTE, start + 1)
  if (quote === -1) return json.length
  if (json[quote - 1] !== BACKSLASH) return quote
  let at = start + 1
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1
  return at
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Digits, `.`, `e`, `E`, `+`, `-` */
function isOfNumber(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (
    isDigit(byte) ||
    byte === 0x2e ||
    byte === 0x65 ||
    byte === 0x45 ||
    byte === 0x2b ||
    byte === MINUS
  )
}

/** Integers that a double does not hold and numbers beyond its range; fractions are approximations. */
function isInexact(token: string): boolean {
  if (token.length <= SHORT_DIGITS && !/[eE]/.test(token)) return false
  const value = Number(token)
  if (!Number.isFinite(value)) return true
  const sent = significand(token)
  if (value === 0) return sent.digits !== ''
  const isInteger = sent.exponent >= 0 || Math.abs(value) > Number.MAX_SAFE_INTEGER
  const kept = significand(String(value))
  return isInteger && (sent.digits !== kept.digits || sent.exponent !== kept.exponent)
}

/** digits * 10^exponent, without zeros at either end. */
function significand(number: string): { digits: string; exponent: number } {
  const [, whole, fraction = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
    number
  )!
  const all = (whole! + fraction).replace(/^0+/, '')
  const digits = withoutZeros(all)
  return { digits, exponent: Number(power) - fraction.length + (all.length - digits.length) }
}

/** Without those at its end; a pattern for them would look at each run of zeros again and again. */
function withoutZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
