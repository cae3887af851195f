import { effectOf } from '../races/write-effect.js'
import type { RecordedEvent, Recording, Statement } from '../../wire/recording/recording.js'

/** Doing these twice is not the same as doing them once. */
const ADDING = new Set(
  'INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY APPEND LPUSH RPUSH LPUSHX RPUSHX XADD PUBLISH SPUBLISH'.split(' '),
)

/** `balance = balance - $1`, also with the table before it. */
const ADDS = /([\w"]+) = (?:[\w".]+\.)?\1 [+-]/

/** Writes that took effect more often than once with the same text and values, and calls with the same body: all but the first of each. */
export function findRepeatedEffects({ timeline, statements }: Recording): readonly RecordedEvent[] {
  const seen = new Set<string>()
  return timeline.filter((event) => {
    if (!isAdding(event) || !tookEffect(event, statements)) return false
    const key = keyOf(event)
    const isRepeated = seen.has(key)
    seen.add(key)
    return isRepeated
  })
}

function tookEffect(event: RecordedEvent, statements: Recording['statements']): boolean {
  if (event.store === 'upstream') return event.status !== undefined && event.status < 400
  return effectOf(event, statements).tookEffect === true
}

function keyOf(event: RecordedEvent): string {
  if (event.store === 'postgres') return `${event.shape}\n${JSON.stringify(event.values)}`
  return JSON.stringify(event.store === 'redis' ? event.args : [event.upstream, event.method, event.path, event.request.body])
}

function isAdding(event: RecordedEvent): boolean {
  if (event.store === 'upstream') return event.method === 'POST'
  return event.store === 'redis' ? ADDING.has(event.name) : isAddingStatement(event)
}

function isAddingStatement({ tag = '', shape }: Statement): boolean {
  return tag.startsWith('INSERT') || (tag.startsWith('UPDATE') && ADDS.test(shape))
}
