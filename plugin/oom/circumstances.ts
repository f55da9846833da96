/**
 * What a dump tells of its circumstances: the machine's hardware, and the way through the kernel on which
 * memory was asked for. Lines are kept as they are; what they say is read when somebody asks.
 *
 * Sources: kernel, lib/dump_stack.c: dump_stack_print_info; arch/<name>/kernel/dumpstack.c, stacktrace.c.
 */

const HARDWARE = 'Hardware name: '
const MAX_HARDWARE_CHARS = 256
const MAX_TRACE_LINES = 64
/** `show_stack+0x18/0x1c`, with an address in front of it before 4.9; `?` marks what may be left from before. */
const FUNCTION = /^ *(?:\[<[0-9a-f]{4,16}>\] *)?([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/
/** `[<c0012fcc>] (show_stack) from [<c00131a4>] (dump_stack+0x20/0x24)`, or without addresses (arm). */
const CALLED = /^ *(?:\[<[0-9a-f]{4,16}>\] )?\(?([A-Za-z_][\w.]*)(?:\+0x[0-9a-f/x]+)?\)? from /

export class Circumstances {
  hardware: string | undefined
  readonly #trace: string[] = []
  #isInTrace = false

  /** Looks at a line of the dump. */
  see(line: string): void {
    switch (line.charCodeAt(0)) {
      case 32: // blank
      case 91: // [
        if (this.#isInTrace && this.#trace.length < MAX_TRACE_LINES) this.#trace.push(line)
        return
      case 72: // H
        if (line.startsWith(HARDWARE)) {
          this.hardware ??= line.slice(HARDWARE.length, HARDWARE.length + MAX_HARDWARE_CHARS).trim()
        }
        return
      case 66: // B
      case 67: // C
        if (/^(?:Call [Tt]race|Backtrace):/.test(line)) this.#isInTrace = this.#trace.length === 0
        return
      case 77: // M
      case 109: // m
      case 84: // T
        this.#isInTrace = false
        return
      default:
    }
  }

  /** The functions, the innermost first. */
  get callTrace(): string[] {
    return this.#trace.flatMap(line => FUNCTION.exec(line)?.[1] ?? CALLED.exec(line)?.[1] ?? [])
  }
}
