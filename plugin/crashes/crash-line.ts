/**
 * The lines in which the kernel tells of a process that a fault ended (with the sysctl
 * debug.exception-trace), one record each:
 *
 *     NAME[PID]: segfault at ADDR ip IP sp SP error CODE in FILE[OFFSET,BASE+SIZE] likely on CPU 1 (...)
 *     traps: NAME[PID] general protection fault ip:IP sp:SP error:0 in FILE[OFFSET,BASE+SIZE]
 *     NAME[PID]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000006, in FILE[BASE+SIZE]
 *     NAME[PID]: unhandled exception: DABT (lower EL), ESR 0x0000000092000006, level 2 translation fault in FILE[...]
 *
 * Before 6.3 a file is told without the offset, before 6.1 without the CPU. A NAME is any bytes, 15 at most,
 * and may look like a beginning of these lines; with that bound only one reading fits. Sources: arch/x86/mm/fault.c
 * (show_signal_msg), arch/x86/kernel/traps.c (show_signal), arch/arm64/kernel/traps.c
 * (arm64_show_signal), arch/arm64/mm/fault.c of 4.14, arch/arm/mm/fault.c, mm/memory.c (print_vma_addr).
 */

export interface CrashLine {
  /** One character per byte. */
  readonly comm: string
  /** Of the thread that faulted; arm (32 bits) does not tell. */
  readonly pid: number | undefined
  /** The signal's name, where the kind of fault has only one. */
  readonly signal: string | undefined
  /** What the instruction reached for, hexadecimal without `0x`. */
  readonly address: string | undefined
  /** Where the instruction was, likewise. */
  readonly instruction: string | undefined
  /** In words. */
  readonly error: string
  readonly file: string | undefined
  /** Of the instruction in the file, hexadecimal. */
  readonly offset: string | undefined
}

const NAME = '^([\\s\\S]{0,15}?)'
const SEGFAULT = new RegExp(
  `${NAME}\\[(\\d+)\\]: segfault at ([0-9a-f]+) ip ([0-9a-f]+) sp [0-9a-f]+ error ([0-9a-f]+)([\\s\\S]*)$`
)
const TRAP =
  /^traps: ([\s\S]{0,15}?)\[(\d+)\] ([a-z][a-z0-9 -]*?) ip:([0-9a-f]+) sp:[0-9a-f]+ error:([0-9a-f]+)([\s\S]*)$/
const ARM64 = new RegExp(
  `${NAME}\\[(\\d+)\\]: unhandled exception: (?:[^,]*, ESR 0x[0-9a-f]+, )?([a-zA-Z0-9][^:]*?)( in [\\s\\S]*)?$`
)
const ARM64_OLD = new RegExp(
  `${NAME}\\[(\\d+)\\]: unhandled ([a-z][a-z0-9 ()/-]*?) \\((\\d+)\\) at 0x([0-9a-f]+), esr 0x[0-9a-f]+([\\s\\S]*)$`
)
const ARM = new RegExp(
  `${NAME}: unhandled page fault \\((\\d+)\\) at 0x([0-9a-f]+), code 0x[0-9a-f]+$`
)
const FILE =
  /^(?:,)? in ([\s\S]+)\[(?:([0-9a-f]+),)?[0-9a-f]+\+[0-9a-f]+\](?: likely on CPU [^\n]*)?\s*$/
const SUPPRESSED =
  /^(?:show_signal_msg|show_signal|arm64_show_signal|__do_user_fault): (\d+) callbacks suppressed$/

/** @param text of a record, one character per byte @returns undefined for any other line */
export function parseCrashLine(text: string): CrashLine | undefined {
  return segfault(text) ?? trap(text) ?? arm64(text) ?? olderArm64(text) ?? arm(text)
}

/** How many such lines the kernel left out, where a line tells that. */
export function parseSuppressed(text: string): number | undefined {
  const count = SUPPRESSED.exec(text)?.[1]
  return count === undefined ? undefined : Number(count)
}

function segfault(text: string): CrashLine | undefined {
  const match = SEGFAULT.exec(text)
  if (match === null) return undefined
  const [, comm, pid, address, instruction, code, rest] = match
  return {
    comm: comm!,
    pid: Number(pid),
    signal: 'SIGSEGV',
    address: short(address!),
    instruction: short(instruction!),
    error: pageFaultWords(Number.parseInt(code!, 16)),
    ...fileOf(rest),
  }
}

/** https://github.com/torvalds/linux/blob/master/arch/x86/kernel/traps.c */
const TRAP_SIGNALS: Readonly<Record<string, string>> = {
  'general protection fault': 'SIGSEGV',
  'general protection': 'SIGSEGV',
  'trap invalid opcode': 'SIGILL',
  'trap int3': 'SIGTRAP',
  'trap divide error': 'SIGFPE',
  'trap stack segment': 'SIGBUS',
  'trap segment not present': 'SIGBUS',
  'trap alignment check': 'SIGBUS',
  'trap invalid TSS': 'SIGSEGV',
  'trap overflow': 'SIGSEGV',
  'trap bounds': 'SIGSEGV',
}

function trap(text: string): CrashLine | undefined {
  const match = TRAP.exec(text)
  if (match === null) return undefined
  const [, comm, pid, kind, instruction, , rest] = match
  return {
    comm: comm!,
    pid: Number(pid),
    signal: TRAP_SIGNALS[kind!],
    address: undefined,
    instruction: short(instruction!),
    error: kind!.replace(/^trap /, ''),
    ...fileOf(rest),
  }
}

function arm64(text: string): CrashLine | undefined {
  const match = ARM64.exec(text)
  if (match === null) return undefined
  const [, comm, pid, kind, rest] = match
  return {
    comm: comm!,
    pid: Number(pid),
    signal: /\b(?:translation|permission|access flag) fault$/.test(kind!)
      ? 'SIGSEGV'
      : /alignment|external abort/.test(kind!)
        ? 'SIGBUS'
        : /undefined instruction/i.test(kind!)
          ? 'SIGILL'
          : undefined,
    address: undefined,
    instruction: undefined,
    error: kind!.trim(),
    ...fileOf(rest),
  }
}

function olderArm64(text: string): CrashLine | undefined {
  const match = ARM64_OLD.exec(text)
  if (match === null) return undefined
  const [, comm, pid, kind, signal, address, rest] = match
  return {
    comm: comm!,
    pid: Number(pid),
    signal: ARM_SIGNALS[signal!],
    address: short(address!),
    instruction: undefined,
    error: kind!,
    ...fileOf(rest),
  }
}

function arm(text: string): CrashLine | undefined {
  const match = ARM.exec(text)
  if (match === null) return undefined
  const [, comm, signal, address] = match
  return {
    comm: comm!,
    pid: undefined,
    signal: ARM_SIGNALS[signal!],
    address: short(address!),
    instruction: undefined,
    error: 'page fault',
    file: undefined,
    offset: undefined,
  }
}

/** Numbers of Linux, which are not those of every system that reads a log. */
const ARM_SIGNALS: Readonly<Record<string, string>> = {
  4: 'SIGILL',
  5: 'SIGTRAP',
  7: 'SIGBUS',
  8: 'SIGFPE',
  11: 'SIGSEGV',
}

function fileOf(rest = ''): { file: string | undefined; offset: string | undefined } {
  const [, file, offset] = FILE.exec(rest) ?? []
  return { file, offset: offset === undefined ? undefined : short(offset) }
}

/** https://github.com/torvalds/linux/blob/master/arch/x86/include/asm/trap_pf.h */
function pageFaultWords(code: number): string {
  const what = (code & 16) !== 0 ? 'instruction fetch' : (code & 2) !== 0 ? 'write' : 'read'
  if ((code & 32) !== 0) return `${what} against a protection key`
  return (code & 1) !== 0
    ? `${what} that the page does not allow`
    : `${what} where nothing is mapped`
}

function short(hex: string): string {
  return hex.replace(/^0+(?=.)/, '')
}
