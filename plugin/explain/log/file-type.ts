/** What a file holds, by its first bytes. */

export type Packing = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4'
export type Encoding = 'utf-16le' | 'utf-16be'

export interface FileType {
  /** It has to be unpacked first. */
  readonly packing?: Packing
  /** A journal of systemd's, which only journalctl reads. */
  readonly isJournal?: true
  /** Its characters are not bytes. */
  readonly encoding?: Encoding
  /** It is no text: what it is, and what to do instead. */
  readonly noLog?: string
}

/** As many bytes are looked at: a tar archive has its mark at 257. */
export const HEAD_BYTES = 512

const UNPACK = 'unpack it and name the log in it'
const MAGIC: ReadonlyArray<readonly [at: number, hex: string, format: FileType]> = [
  [0, '1f8b', { packing: 'gzip' }],
  [0, '28b52ffd', { packing: 'zstd' }],
  [0, 'fd377a585a00', { packing: 'xz' }],
  [0, '425a68', { packing: 'bzip2' }],
  [0, '04224d18', { packing: 'lz4' }],
  [0, '4c504b5348485248', { isJournal: true }],
  [0, 'fffe', { encoding: 'utf-16le' }],
  [0, 'feff', { encoding: 'utf-16be' }],
  [0, '504b0304', { noLog: `a zip archive: ${UNPACK}` }],
  [257, '7573746172', { noLog: `a tar archive: ${UNPACK}` }],
  [0, '377abcaf271c', { noLog: `a 7z archive: ${UNPACK}` }],
  [0, '7f454c46', { noLog: 'an ELF file (a program, or a core of memory)' }],
  [
    0,
    '4b44554d50202020',
    { noLog: 'a dump of memory by kdump: take the log out with makedumpfile --dump-dmesg' },
  ],
  [0, '89504e47', { noLog: 'a picture (PNG): type its text off, or save the log as text' }],
  [0, 'ffd8ff', { noLog: 'a picture (JPEG): type its text off, or save the log as text' }],
  [0, '25504446', { noLog: 'a PDF: save the log as text' }],
  [0, '53514c69746520666f726d6174', { noLog: 'a SQLite database' }],
  [0, 'd4c3b2a1', { noLog: 'packets of a network (pcap)' }],
]

export function formatOf(head: Buffer): FileType {
  for (const [at, hex, format] of MAGIC) {
    const magic = Buffer.from(hex, 'hex')
    if (head.subarray(at, at + magic.length).equals(magic)) return format
  }
  return withoutMark(head)
}

/** Text of two bytes a character without the mark in front: every other byte is 0. */
function withoutMark(head: Buffer): FileType {
  const zeros = [0, 0]
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at & 1]!++
  const [even, odd] = zeros as [number, number]
  const most = head.length * 0.4
  if (odd >= most && even < head.length * 0.05) return { encoding: 'utf-16le' }
  if (even >= most && odd < head.length * 0.05) return { encoding: 'utf-16be' }
  return {}
}
