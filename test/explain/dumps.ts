/** Dumps that a log may hold, and ordinary lines of the kernel around them. */

import type { DumpOptions } from '../oom/dump-builder.ts'

export const DUMPS: ReadonlyArray<readonly [string, DumpOptions]> = [
  ['global', {}],
  ['memcg', { kind: 'memcg' }],
  [
    'awkward names',
    {
      victim: { comm: 'a) b (c' },
      trigger: { comm: 'CPU 0/KVM', pid: 77 },
      others: [
        { comm: 'tmux: server', pid: 1, rssPages: 600_000 },
        { comm: 'kernel: x', pid: 2, rssPages: 500_000 },
      ],
    },
  ],
]

/** Ordinary lines of the kernel before and after. */
export const BEFORE = ['usb 1-1: new high-speed USB device number 4 using xhci_hcd']
export const AFTER = [
  'oom_reaper: reaped process 4711 (chrome), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  'eth0: Link is Up - 1Gbps/Full',
]
