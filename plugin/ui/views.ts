/** The two views of the page, by the address's fragment. */

import { byId } from './dom.ts'

const VIEWS = ['events', 'explain'] as const

export function showView(): void {
  const show = (): void => {
    const wanted = VIEWS.find(name => location.hash === `#${name}`) ?? 'events'
    for (const name of VIEWS) {
      byId(`view-${name}`).hidden = name !== wanted
      const link = byId(`nav-${name}`)
      if (name === wanted) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }
  addEventListener('hashchange', show)
  show()
}
