/** The mark of a kind of event. Beside it stands what it means. */

import { svg } from './dom.ts'
import type { Kind } from './entry.ts'
import { KINDS } from './kinds.ts'

export function icon(kind: Kind): SVGSVGElement {
  return svg(
    'svg',
    { class: `icon kind-${kind}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: KINDS[kind].path, 'fill-rule': 'evenodd' })
  )
}
