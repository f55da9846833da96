/** The page: what comes from the server goes into the store, and at the next frame what is seen is drawn from it. */

import { Announcer } from './announcer.ts'
import { Api } from './api.ts'
import { ConnectionView } from './connection-view.ts'
import { byId } from './dom.ts'
import type { Entry } from './entry.ts'
import { EventList } from './event-list.ts'
import { ExplainView } from './explain-view.ts'
import { type Connection, Feed } from './feed.ts'
import { FilterBar } from './filter-bar.ts'
import {
  type Filters,
  filtersFrom,
  isFiltered,
  matcher,
  NO_FILTERS,
  searchWith,
} from './filters.ts'
import { HealthWatch } from './health-watch.ts'
import { Store } from './store.ts'
import { Tiles } from './tiles.ts'
import { Timeline } from './timeline.ts'
import { showView } from './views.ts'

/** Between two looks at what time it is, in milliseconds. */
const TICK_MS = 5000
/** What counts and pictures events is drawn so often, where nothing died. */
const OVERVIEW_MS = 500

const api = new Api()
const store = new Store()
const announcer = new Announcer()
const health = new HealthWatch(api)
let filters = filtersFrom(location.search)
let connection: Connection = { state: 'connecting' }
let isShown = matcher(filters)
let isDue = false
let overviewTimer: ReturnType<typeof setTimeout> | undefined

const connectionView = new ConnectionView(api, () => feed.retry())
const filterBar = new FilterBar(byId('filters'), setFilters)
const tiles = new Tiles(byId('tiles'), type => {
  const isChosen = filters.types.length === 1 && filters.types[0] === type
  setFilters({ ...filters, types: isChosen ? [] : [type] })
})
const timeline = new Timeline(
  byId('timeline'),
  new URLSearchParams(location.search).get('range') ?? '',
  { onGo: goTo, onRange: setRange }
)
const list = new EventList(byId('list'), { api, store, onGo: goTo }, draw)
const feed = new Feed(api, store, {
  onConnection(now) {
    connection = now
    connectionView.show(now)
    if (now.state === 'live') void health.look()
    drawSoon()
  },
  onChange(live) {
    const entries = live.flatMap(id => store.get(id) ?? [])
    announcer.tell(entries)
    const isTold = live.length === 0 || entries.some(({ kind }) => kind !== 'other')
    drawSoon(isTold)
  },
})

byId('host').textContent = location.host
new ExplainView(byId('view-explain'), api)
showView()
health.onReport = reasons => {
  connectionView.showHealth(reasons)
  drawSoon()
}
addEventListener('popstate', () => setFilters(filtersFrom(location.search), false))
addEventListener('online', () => feed.retry())
setInterval(() => {
  if (document.hidden) return
  timeline.tick()
  tiles.show(store.entries, filters)
}, TICK_MS)
draw()
void feed.run()

function setFilters(wanted: Filters, isNew = true): void {
  filters = wanted
  isShown = matcher(wanted)
  if (isNew) setSearch(searchWith(wanted, location.search))
  draw()
}

function setRange(range: string): void {
  const query = new URLSearchParams(location.search)
  if (range === '') query.delete('range')
  else query.set('range', range)
  setSearch(query.size === 0 ? '' : `?${query}`)
}

function setSearch(search: string): void {
  history.replaceState(null, '', location.pathname + search + location.hash)
}

/** Where it is filtered out, the filters go. */
function goTo(id: string): void {
  if (list.goTo(id)) return
  setFilters(NO_FILTERS)
  list.goTo(id)
}

/** However many events come, once a frame. @param isAll and not only the list */
function drawSoon(isAll = true): void {
  if (isAll) clearOverview()
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    drawList()
    if (isAll || overviewTimer === undefined) drawOverview()
  })
}

function draw(): void {
  drawList()
  clearOverview()
  drawOverview()
}

function drawList(): void {
  list.show(shownEntries(), store.entries.length, emptyText())
}

function drawOverview(): void {
  filterBar.show(filters, store.entries)
  tiles.show(store.entries, filters)
  timeline.show(timelineEntries())
  overviewTimer = setTimeout(clearOverview, OVERVIEW_MS)
}

function clearOverview(): void {
  clearTimeout(overviewTimer)
  overviewTimer = undefined
}

/** What was not seen, and how short memory was, stands behind whatever is shown. */
function timelineEntries(): readonly Entry[] {
  if (!isFiltered(filters)) return store.entries
  return store.entries.filter(
    entry => entry.kind === 'gap' || entry.kind === 'pressure' || isShown(entry)
  )
}

function shownEntries(): readonly Entry[] {
  return isFiltered(filters) ? store.entries.filter(isShown) : store.entries
}

function emptyText(): string[] {
  if (store.entries.length > 0) return ['No event passes these filters.']
  if (connection.state === 'connecting') return ['Asking for what is known …']
  if (connection.state !== 'live') return ['Nothing is shown while the server does not answer.']
  return ['Nothing has died here.', ...health.watching]
}
