import { eventLines, formatMs } from '../../wire/recording/print-recording.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { formatCount } from '../recording/count-range.js'
import type { CountedLookups } from './count-lookups.js'
import { readNamedStories, type KeyLookup } from './key-story.js'
import { createMissExplainer, type MissCause } from './miss-cause.js'
import { unseenLines } from './unseen-lookups.js'

const KEYS = 3
const TIMES = 2
const EVENTS = 8

/** The first keys that missed, each with when and why, and the excerpt of the timeline that proves it. */
export function missLines({ recording, list, has }: CountedLookups): readonly string[] {
  const misses = list('miss')
  const groups = groupByKey(misses)
  const shown = groups.slice(0, KEYS)
  const named = new Set(shown.map(({ key }) => key))
  const stories = readNamedStories(recording, (key) => named.has(key))
  const explain = createMissExplainer(recording)
  const told = shown.map(({ key, name, lookups }) => {
    const story = stories.get(key)
    const causes = story === undefined ? [] : lookups.slice(0, TIMES).map((miss) => ({ miss, cause: explain(story, miss) }))
    return { name, count: lookups.length, causes }
  })
  const [most] = told.toSorted((a, b) => eventsOf(b.causes).length - eventsOf(a.causes).length)
  const rest = groups.length - shown.length
  return [
    ...told.map(
      ({ name, count, causes }, index) =>
        `${index === 0 ? '  misses: ' : '          '}${name} ×${formatCount(count)}  ${causesText(count, causes)}`,
    ),
    ...(rest > 0 ? [`          … and ${formatCount(rest)} more ${rest === 1 ? 'key' : 'keys'}`] : []),
    ...timeline(most === undefined ? [] : eventsOf(most.causes), misses),
    ...unseenLines(recording, has),
  ]
}

/** The first keys that were hit, for a verdict that they should not have been. */
export function hitLines({ recording, list, has }: CountedLookups): readonly string[] {
  const groups = groupByKey(list('hit'))
  const shown = groups.slice(0, KEYS)
  const rest = groups.length - shown.length
  return [
    ...shown.map(
      ({ name, lookups: [first], lookups }, index) =>
        `${index === 0 ? '  hits: ' : '        '}${name} ×${formatCount(lookups.length)}  (first at ${formatMs(first?.command.startMs ?? 0)} by ${first?.command.name}, conn ${first?.command.connection})`,
    ),
    ...(rest > 0 ? [`        … and ${formatCount(rest)} more ${rest === 1 ? 'key' : 'keys'}`] : []),
    ...unseenLines(recording, has),
  ]
}

interface Group {
  readonly key: string
  /** With the field, where one was looked up. */
  readonly name: string
  readonly lookups: readonly KeyLookup[]
}

interface Told {
  readonly miss: KeyLookup
  readonly cause: MissCause
}

/** The most frequent first. */
function groupByKey(lookups: readonly KeyLookup[]): readonly Group[] {
  const groups = new Map<string, { key: string; name: string; lookups: KeyLookup[] }>()
  for (const one of lookups) {
    const { key, field } = one.lookup
    const name = field === undefined ? key : `${key} ${field}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { key, name, lookups: [one] })
    else group.lookups.push(one)
  }
  return [...groups.values()].toSorted((a, b) => b.lookups.length - a.lookups.length)
}

function causesText(count: number, told: readonly Told[]): string {
  const texts = told.map(
    ({ miss, cause }, index) => `${count > 1 ? `${ORDINALS[index]} ` : ''}${formatMs(miss.command.startMs)}: ${cause.text}`,
  )
  const rest = count - told.length
  return `(${texts.join(';  ')}${rest > 0 ? `;  … and ${formatCount(rest)} more` : ''})`
}

const ORDINALS = ['1st', '2nd']

function eventsOf(told: readonly Told[]): readonly RecordedEvent[] {
  return [...new Set(told.flatMap(({ cause }) => cause.events))].toSorted((a, b) => a.start - b.start)
}

function timeline(events: readonly RecordedEvent[], misses: readonly KeyLookup[]): readonly string[] {
  if (events.length === 0) return []
  const shown = events.slice(0, EVENTS)
  const marked = new Set(shown.filter((event) => misses.some(({ command }) => command === event)))
  return ['  timeline:', ...eventLines(shown, marked).map((line) => `  ${line}`)]
}
