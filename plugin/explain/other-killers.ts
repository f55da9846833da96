/** What a log tells of want of memory that was no kill by the kernel, or whose kill it does not show. */

import { decodeName } from '../kernel-names.ts'
import { printable } from '../units.ts'
import type { OtherKiller, RelatedLine } from './related-lines.ts'
import { block, type Style } from './report.ts'

const MAX_LINES = 6
const MAX_CHARS = 400

const NEXT: Readonly<Record<OtherKiller, string>> = {
  'systemd-oomd':
    'see oomctl, and ManagedOOMMemoryPressure=, ManagedOOMSwap= and their limits of the unit and the slices above it (oomd.conf)',
  earlyoom:
    'its limits are its options: -m and -s (memory and swap that must be free), --prefer and --avoid',
  nohang: 'its limits are in nohang.conf',
  oomd: 'its rules are in its configuration (oomd.json)',
  lmkd: 'Android ends cached apps so by design; its limits are the properties ro.lmk.*',
  lowmemorykiller:
    'the driver’s limits are in /sys/module/lowmemorykiller/parameters (minfree, adj)',
  'the kubelet':
    'see kubectl describe node: pods that use more memory than they request are evicted first (eviction-hard, eviction-soft)',
  Talos: 'its rules are in its OOMConfig',
  Slurm: 'the job used more than it asked for: --mem, --mem-per-cpu',
}

interface Heard {
  lines: number
  readonly shown: string[]
}

/** What one of them says, for programs. */
export interface Told {
  readonly by: string
  /** It killed; else it tells of a kill, or gave up by itself. */
  readonly is: 'killer' | 'teller' | 'gave_up'
  readonly lines: number
  /** The first of them. */
  readonly says: readonly string[]
}

export class OtherDeaths {
  readonly #killers = new Map<OtherKiller, Heard>()
  readonly #told = new Map<string, Heard>()
  readonly #gaveUp = new Map<string, Heard>()

  see(related: RelatedLine): void {
    switch (related.type) {
      case 'other_killer':
        hear(this.#killers, related.killer, related.text)
        return
      case 'told':
        hear(this.#told, related.by, related.text)
        return
      case 'unit':
        if (/OOM killer|oom-kill/.test(related.text)) hear(this.#told, 'systemd', related.text)
        return
      case 'gave_up':
        hear(this.#gaveUp, related.by, related.text)
        return
      default:
    }
  }

  /** @param hasKills as for {@link OtherDeaths.reports} */
  told(hasKills: boolean): Told[] {
    const of = (is: Told['is'], all: ReadonlyMap<string, Heard>): Told[] =>
      [...all].map(([by, { lines, shown }]) => ({ by, is, lines, says: shown }))
    const killers = of('killer', this.#killers)
    return hasKills
      ? killers
      : [...killers, ...of('teller', this.#told), ...of('gave_up', this.#gaveUp)]
  }

  /** @param hasKills whether the log shows kills by the kernel itself: then what others tell of them is no news */
  reports(hasKills: boolean, style: Style): string[] {
    const killers = [...this.#killers].map(([killer, heard]) => {
      const title =
        killer === 'lowmemorykiller'
          ? '-  Killed by the lowmemorykiller driver, not by the kernel’s OOM killer'
          : `-  Killed by ${killer}, a program in user space, not by the kernel`
      return block(style, title, undefined, [
        ['it says', linesOf(heard)],
        ['next', [NEXT[killer]]],
      ])
    })
    if (hasKills) return killers
    const told = [...this.#told].map(([by, heard]) =>
      block(
        style,
        `-  A kill that ${by} tells of; the kernel’s own lines are not in this log`,
        undefined,
        [
          ['it says', linesOf(heard)],
          ['next', ['get the kernel’s log of that time: journalctl -k, dmesg or kern.log']],
        ]
      )
    )
    const gaveUp = [...this.#gaveUp].map(([by, heard]) =>
      block(
        style,
        `-  No kill: ${by} found no memory, by its own limit or by a refusal, and gave up`,
        undefined,
        [['it says', linesOf(heard)]]
      )
    )
    return [...killers, ...told, ...gaveUp]
  }
}

function hear<K>(all: Map<K, Heard>, key: K, text: string): void {
  const heard = all.get(key) ?? { lines: 0, shown: [] }
  all.set(key, heard)
  heard.lines++
  if (heard.shown.length < MAX_LINES)
    heard.shown.push(printable(decodeName(text.slice(0, MAX_CHARS))))
}

function linesOf({ lines, shown }: Heard): string[] {
  return lines > shown.length ? [...shown, `and ${lines - shown.length} more such lines`] : shown
}
