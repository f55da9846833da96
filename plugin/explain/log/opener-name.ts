/**
 * The name in front of ` invoked oom-killer`: what stands before it may be a prefix that nothing in the log
 * explained. A name has at most 15 bytes, and the CPU line after the opener has it too.
 */

const INVOKED = ' invoked oom-killer'
const MAX_COMM_BYTES = 15
const CPU_LINE =
  /(?:\bPID: \d{1,10} Comm: |\bPid: \d{1,10}, comm: )(.{1,64}?) (?:Not tainted|Tainted:|Kdump:)/
/** What ends a prefix, the last of them. */
const SEPARATORS = ['\t', ': ', '] ', '> ', '| ', '} ', ') ', '" ', '- ', ' ']

/** The name that the CPU line among these lines has. */
export function triggerIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const name = line.includes('omm: ') ? CPU_LINE.exec(line)?.[1] : undefined
    if (name !== undefined) return name
  }
  return undefined
}

/** @param trigger the name by the CPU line, where it is known */
export function openerWith(text: string, trigger: string | undefined): string {
  const at = text.indexOf(INVOKED)
  if (at <= 0) return text
  const given = text.slice(0, at)
  if (trigger !== undefined && given.endsWith(trigger)) return trigger + text.slice(at)
  if (given.length <= MAX_COMM_BYTES) return text
  for (const separator of SEPARATORS) {
    const from = given.lastIndexOf(separator)
    const name = given.slice(from + separator.length)
    if (from !== -1 && name !== '' && name.length <= MAX_COMM_BYTES) return name + text.slice(at)
  }
  return text
}
