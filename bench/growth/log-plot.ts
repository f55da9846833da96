/** Pictures of how a cost grows: both axes logarithmic, so that what is proportional is a line at a fixed slope. */

export interface Growth {
  /** Of its file, and in the table. */
  readonly name: string
  /** What there is more of, with its unit. */
  readonly of: string
  /** What it costs, with its unit. */
  readonly cost: string
  readonly points: readonly Point[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

const WIDTH = 400
const HEIGHT = 280
const LEFT = 56
const RIGHT = 30
const TOP = 34
const BOTTOM = 44
/** Decades of y at least, so that noise does not look like growth. */
const LEAST_DECADES = 3

/** An SVG. The dashed line is what would be proportional, from the last point back. */
export function plotOf({ of, cost, points }: Growth): string {
  const last = points.at(-1)!
  const [xFrom, xTo] = decadesOf(points.map(({ x }) => x))
  const yEnds = decadesOf(points.map(({ y }) => y))
  const yTo = yEnds[1]
  const yFrom = Math.min(yEnds[0], yTo - LEAST_DECADES)
  const atX = (x: number) =>
    LEFT + ((Math.log10(x) - xFrom) / (xTo - xFrom)) * (WIDTH - LEFT - RIGHT)
  const atY = (y: number) =>
    HEIGHT - BOTTOM - ((Math.log10(y) - yFrom) / (yTo - yFrom)) * (HEIGHT - TOP - BOTTOM)
  const place = ({ x, y }: Point) => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`
  const first = points[0]!
  const bottom = 10 ** yFrom
  // Where the proportional line leaves the picture at its lower edge, it begins there.
  const from = Math.max(first.x, (last.x * bottom) / last.y)
  const proportional = [{ x: from, y: (last.y * from) / last.x }, last]
  const lines: string[] = []
  for (let decade = xFrom; decade <= xTo; decade++) {
    const x = atX(10 ** decade).toFixed(1)
    lines.push(
      `<path class="grid" d="M${x} ${TOP}V${HEIGHT - BOTTOM}"/>`,
      `<text x="${x}" y="${HEIGHT - BOTTOM + 14}" text-anchor="middle">${label(decade)}</text>`
    )
  }
  for (let decade = yFrom; decade <= yTo; decade++) {
    const y = atY(10 ** decade).toFixed(1)
    lines.push(
      `<path class="grid" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/>`,
      `<text x="${LEFT - 6}" y="${Number(y) + 4}" text-anchor="end">${label(decade)}</text>`
    )
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11">
<title>${cost} by ${of}</title>
<style>.grid{stroke:#ddd}.line{fill:none;stroke:#0b57d0;stroke-width:2}.linear{fill:none;stroke:#777;stroke-dasharray:4 4}circle{fill:#0b57d0}text{fill:#333}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${lines.join('\n')}
<polyline class="linear" points="${proportional.map(place).join(' ')}"/>
<polyline class="line" points="${points.map(place).join(' ')}"/>
${points.map(({ x, y }) => `<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3"/>`).join('\n')}
<text x="${LEFT}" y="18" font-size="13">${cost}</text>
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${of}</text>
</svg>
`
}

/** The power of x with which y grows between the first and the last point: 1 is proportional, 0 is not at all. */
export function powerOf(points: readonly Point[]): number {
  const [first, last] = [points[0]!, points.at(-1)!]
  return Math.log(last.y / first.y) / Math.log(last.x / first.x)
}

/** The powers of ten around all values. */
function decadesOf(values: readonly number[]): [number, number] {
  const logs = values.map(value => Math.log10(value))
  const from = Math.floor(Math.min(...logs) + 1e-9)
  return [from, Math.max(from + 1, Math.ceil(Math.max(...logs) - 1e-9))]
}

function label(decade: number): string {
  return decade >= 0 ? (10 ** decade).toLocaleString('en-US') : (10 ** decade).toFixed(-decade)
}
