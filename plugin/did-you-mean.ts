/** Which known name somebody meant who wrote another one. */

/** Mistakes that are forgiven in a name: one for each so many of its characters. */
const CHARACTERS_A_MISTAKE = 5
const MAX_MISTAKES = 2

/** @returns the known name that differs in case, separators or a few letters; undefined if none does */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const plain = plainName(name)
  return known.find(each => {
    const other = plainName(each)
    const mistakes = Math.min(Math.floor(other.length / CHARACTERS_A_MISTAKE), MAX_MISTAKES)
    return distance(plain, other) <= mistakes
  })
}

function plainName(name: string): string {
  return name.replace(/[\s_.-]/g, '').toLowerCase()
}

/** Letters that are missing, too many, wrong, or swapped with the next one. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1)
      }
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
