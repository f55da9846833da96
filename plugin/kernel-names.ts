/**
 * Names as the kernel keeps them: a comm is up to 15 bytes of anything but NUL, a cgroup path any
 * bytes but NUL and newline. JSON wants Unicode, so UTF-8 is decoded, and a byte that is no UTF-8
 * (a foreign encoding, a character cut at the 15th byte) is written as `\xNN`, the way the kernel
 * itself shows it: nothing is guessed and nothing is dropped.
 */

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @param bytes one character per byte (latin1) */
export function decodeName(bytes: string): string
export function decodeName(bytes: string | undefined): string | undefined
export function decodeName(bytes: string | undefined): string | undefined {
  if (bytes === undefined) return undefined
  let ascii = true
  for (let i = 0; i < bytes.length && ascii; i++) ascii = bytes.charCodeAt(i) < 128
  if (ascii) return bytes
  const buffer = Buffer.from(bytes, 'latin1')
  try {
    return strictUtf8.decode(buffer)
  } catch {
    return decodeLossless(buffer)
  }
}

/** Undoes `\xNN`, as the kernel's log and the names of systemd's units have it. One cut short stays as it stands. */
export function unescapeBytes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
}

function decodeLossless(buffer: Buffer): string {
  let text = ''
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer[at]!)
    try {
      // Throws for what is no character, or not the whole of one.
      text += strictUtf8.decode(buffer.subarray(at, at + length))
      at += length
    } catch {
      text += `\\x${buffer[at]!.toString(16).padStart(2, '0')}`
      at++
    }
  }
  return text
}

/** Length that a UTF-8 lead byte announces (RFC 3629, section 4); of what can lead none, any. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}
