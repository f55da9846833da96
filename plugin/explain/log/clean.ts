/**
 * What programs do to the characters of a log on its way: spaces that do not break, entities and tags of
 * HTML, colours of a terminal, carriage returns. Lines hold one character per byte.
 */

const ANSI = /\x1b(?:\[[0-9;?]{0,16}[A-Za-z]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)|[()][A-Z0-9])/g

/** UTF-8 of U+00A0, U+2000 to U+200A, U+202F and U+3000: spaces; of U+200B to U+200F, U+2060 and U+FEFF: nothing. */
const SPACES = /\xc2\xa0|\xe2\x80[\x80-\x8a\xaf]|\xe3\x80\x80/g
const NOTHING = /\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf/g
/** UTF-8 of the hyphens and dashes that programs for prose put for a minus. */
const DASHES = /\xe2\x80[\x90-\x95]|\xe2\x88\x92/g
/** What a dash for a minus breaks. */
const DASHED =
  /oom(?:\xe2\x80[\x90-\x95]|\xe2\x88\x92)kill|(?:total|anon|file|shmem)(?:\xe2\x80[\x90-\x95]|\xe2\x88\x92)(?:vm|rss)/

const ENTITY = /&(?:#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5})|([a-z]{2,6}));/g
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lbrack: '[',
  lsqb: '[',
  rsqb: ']',
  rbrack: ']',
  lpar: '(',
  rpar: ')',
  colon: ':',
  equals: '=',
  comma: ',',
  period: '.',
  lowbar: '_',
  num: '#',
  sol: '/',
  tab: '\t',
}
const BREAK = /<br(?:\s[^<>]{0,64})?\/?>/gi
const TAG =
  /<\/?(?:br|p|div|span|pre|code|tt|td|th|tr|tbody|table|li|ul|ol|font|b|i|em|strong|blockquote|samp|mark)(?:\s[^<>]{0,512})?\/?>/gi

/** @param line without its line break */
export function cleanLine(line: string): string {
  let text = line
  // A serial console ends lines with CR CR LF, or begins them with CR.
  if (text.includes('\r')) text = text.replace(/^\r+|\r+$/g, '')
  if (text.includes('\x1b')) text = text.replace(ANSI, '')
  if (/[\xc2\xe2\xe3\xef]/.test(text)) {
    text = text.replace(SPACES, ' ').replace(NOTHING, '')
    if (DASHED.test(text)) text = text.replace(DASHES, '-')
  }
  if (text.includes('<')) {
    // In a document of JSON a break is written so.
    const lineBreak = /^\s*(?:\{|\[\s*[[{"])/.test(text) ? '\\n' : '\n'
    text = withoutLastBreaks(text.replace(BREAK, lineBreak)).replace(TAG, '')
  }
  if (text.includes('&')) text = text.replace(ENTITY, characterOf)
  return text
}

function withoutLastBreaks(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--
  return end === text.length ? text : text.slice(0, end)
}

function characterOf(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? whole
  const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal)
  if (code < 32 || code > 0x10_ff_ff) return whole
  return code === 160 ? ' ' : Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1')
}
