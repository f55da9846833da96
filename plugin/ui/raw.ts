/** The event as it came, a click away. */

import { el } from './dom.ts'

/** @param load its text; undefined where it is no longer to be had */
export function rawDetails(
  load: () => Promise<string | undefined>,
  label = 'Raw event'
): HTMLElement {
  const pre = el('pre', { tabindex: '0', role: 'region', 'aria-label': label })
  const details = el('details', { class: 'raw' }, el('summary', {}, label), pre)
  details.addEventListener('toggle', async () => {
    if (!details.open || pre.textContent !== '') return
    try {
      pre.textContent = (await load()) ?? 'neither this page nor the server has it any longer'
    } catch {
      // Asked for again when it is opened again.
      details.open = false
    }
  })
  return details
}

export function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2)
}
