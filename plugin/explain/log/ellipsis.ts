/** Where people left something out of a log, and said so. */

/** Dots, a colon, a line drawn: alone in their line, in brackets or not. */
const MARK =
  /^(?:[[(<{]? ?(?:\.{2,}|\xe2\x80\xa6|(?:\. ){1,8}\.) ?[\])>}]?|\.|:{1,8}|[-=*~_#]{2,}|[[(<{] ?[\])>}])$/
/** `[... 200 lines omitted ...]`, `<snip>`, `--- cut ---` */
const WORD =
  /^(?=[[(<{*~=.\xe2-]|-{2})[^a-z0-9]{1,12}[a-z0-9 ,'./-]{0,48}\b(?:snip(?:ped)?|cut|trimmed|truncated|omitted|skipped|removed|elided|left out|stripped)\b[^\n]{0,48}$/i
const KERNELS = /\[ cut here \]/
/** The same behind a line's own words. */
const TRAILING =
  /\s+(?:[[(<]\s?(?:\.{3}|\xe2\x80\xa6|snip(?:ped)?|cut|truncated|trimmed)\s?[\])>]|\.{3,4}|\xe2\x80\xa6)\s*$/i
const MAX_LINE_CHARS = 120
const MAX_TRAILING_CHARS = 24

/** @param line one character per byte */
export function isEllipsis(line: string): boolean {
  if (line.length > MAX_LINE_CHARS) return false
  const text = line.trim()
  return MARK.test(text) || (WORD.test(text) && !KERNELS.test(text))
}

export function withoutTrailingEllipsis(line: string): string {
  const last = line.charCodeAt(line.trimEnd().length - 1)
  // ] ) > . and the last byte of an ellipsis
  if (last !== 93 && last !== 41 && last !== 62 && last !== 46 && last !== 0xa6) return line
  const from = Math.max(0, line.length - MAX_TRAILING_CHARS)
  const found = TRAILING.exec(line.slice(from))
  return found === null || from + found.index === 0 ? line : line.slice(0, from + found.index)
}
