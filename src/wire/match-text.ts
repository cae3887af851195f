import leven from 'leven'
import type { MatchSubject } from './match.js'
import { REDIS_CONTAINERS, REDIS_WORDS, SQL_WORDS } from './match-words.js'
import { shapeOf } from './sql-shape.js'

const NEAREST = 3
const COMPARED = 2000
const SHOWN = 100

/** Words with which a match may begin that are a slip of the finger away. */
export function nearestWords(word: string): readonly string[] {
  const most = Math.max(1, Math.floor(word.length / 3))
  return [...SQL_WORDS, ...REDIS_WORDS, ...REDIS_CONTAINERS, 'DISCARD']
    .map((known) => ({ known, distance: distance(word, known) }))
    .filter((one) => one.distance <= most)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, NEAREST)
    .map(({ known }) => known)
}

/** A statement's shape, a command with its keys, or a call, as a match could be written. */
export function subjectText(subject: MatchSubject): string {
  if (subject.store === 'postgres') return clip(subject.shape ?? shapeOf(subject.sql ?? ''))
  if (subject.store === 'upstream') return clip(`${subject.method} ${subject.path}`)
  const [name = '', ...rest] = subject.args ?? []
  const keys = subject.keys ?? []
  return clip([name.toUpperCase(), ...(keys.length > 0 ? keys : rest.slice(0, 1))].join(' '))
}

/** For a match, in words, that was met by nothing: what was seen and comes nearest to it, each with how often. */
export function nearestSeen(text: string, seen: readonly MatchSubject[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const subject of seen) {
    const one = subjectText(subject)
    if (counts.has(one) || counts.size < COMPARED) counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  const wanted = plainText(text)
  return [...counts]
    .map(([one, count]) => ({ one, count, far: distance(wanted, plainText(one).slice(0, Math.max(wanted.length, 1))) }))
    .toSorted((a, b) => a.far - b.far || b.count - a.count)
    .slice(0, NEAREST)
    .map(({ one, count }) => (count === 1 ? one : `${one}  ×${count.toLocaleString('en-US')}`))
}

/** What to say of requests that did not come: the nearest of what came instead, or `nothing`. */
export function insteadText(text: string, seen: readonly MatchSubject[], nothing: string = 'Nothing else came either.'): string {
  const near = nearestSeen(text, seen)
  return near.length === 0 ? nothing : `Nearest of what came instead: ${near.join(' | ')}`
}

/** Without what is no word of SQL or Redis: `sql /^update seats/i` is as near as `UPDATE seats`. */
function plainText(text: string): string {
  return text
    .replace(/^sql \/(.*)\/\w*$/s, '$1')
    .replaceAll(/with key|\\[a-z]|["'^$*?\\/()[\]|]/gi, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Letters that changed places are one slip. */
function distance(a: string, b: string): number {
  const plain = leven(a, b)
  const isSwap =
    plain === 2 && a.length === b.length && a.toLowerCase().split('').toSorted().join('') === b.toLowerCase().split('').toSorted().join('')
  return isSwap ? 1 : plain
}

function clip(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`
}
