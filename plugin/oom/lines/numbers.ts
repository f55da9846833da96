/** Numbers as the kernel prints them. */

/**
 * undefined where there are no digits, and for a number that a double cannot hold: a figure of which
 * the last digits are made up is worse than none.
 */
export function safeInteger(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}

/** The number in the first place that a pattern finds. Of a size, the pattern wants the unit: it may be cut in the middle of its digits. */
export function numberIn(text: string, pattern: RegExp): number | undefined {
  return safeInteger(pattern.exec(text)?.[1])
}
