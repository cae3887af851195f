import { effectOf } from '../races/write-effect.js'
import type { RecordedEvent, Recording, Statement } from '../../wire/recording/recording.js'

/** Doing these twice is not the same as doing them once. */
const ADDING = new Set(
  'INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY APPEND LPUSH RPUSH LPUSHX RPUSHX XADD PUBLISH SPUBLISH'.split(' '),
)

/** `balance = balance - $1`, also with the table before it. */
const ADDS = /([\w"]+) = (?:[\w".]+\.)?\1 [+-]/

/** Writes that took effect more often than once with the same text and values: all but the first of each. */
export function findRepeatedEffects({ timeline, statements }: Recording): readonly RecordedEvent[] {
  const same = new Map<string, RecordedEvent[]>()
  for (const event of timeline) {
    if (!isAdding(event)) continue
    const key = event.store === 'postgres' ? `${event.shape}\n${JSON.stringify(event.values)}` : JSON.stringify(event.args)
    const before = same.get(key)
    if (before === undefined) same.set(key, [event])
    else before.push(event)
  }
  return [...same.values()]
    .filter(({ length }) => length > 1)
    .flatMap((events) => events.filter((event) => effectOf(event, statements).tookEffect === true).slice(1))
}

function isAdding(event: RecordedEvent): boolean {
  return event.store === 'redis' ? ADDING.has(event.name) : isAddingStatement(event)
}

function isAddingStatement({ tag = '', shape }: Statement): boolean {
  return tag.startsWith('INSERT') || (tag.startsWith('UPDATE') && ADDS.test(shape))
}
