import { effectOf } from '../races/write-effect.js'
import type { RecordedEvent, Recording, Statement } from '../../wire/recording/recording.js'

/** Doing these twice is not the same as doing them once. */
const ADDING = new Set(
  'INCR INCRBY INCRBYFLOAT DECR DECRBY HINCRBY HINCRBYFLOAT ZINCRBY APPEND LPUSH RPUSH LPUSHX RPUSHX XADD PUBLISH SPUBLISH'.split(' '),
)

/** `balance = balance - $1`, also with the table before it. */
const ADDS = /([\w"]+) = (?:[\w".]+\.)?\1 [+-]/

/** Writes, and calls of third parties, that took effect more often than once with the same text and values: all but the first of each. */
export function findRepeatedEffects({ timeline, statements }: Recording): readonly RecordedEvent[] {
  const same = new Map<string, RecordedEvent[]>()
  for (const event of timeline) {
    const key = keyOfAdding(event)
    if (key === undefined) continue
    const before = same.get(key)
    if (before === undefined) same.set(key, [event])
    else before.push(event)
  }
  return [...same.values()]
    .filter(({ length }) => length > 1)
    .flatMap((events) => events.filter((event) => effectOf(event, statements).tookEffect === true).slice(1))
}

/** What makes two of them the same. Undefined: doing it twice is as doing it once. */
function keyOfAdding(event: RecordedEvent): string | undefined {
  switch (event.store) {
    case 'postgres':
      return isAddingStatement(event) ? `${event.shape}\n${JSON.stringify(event.values)}` : undefined
    case 'redis':
      return ADDING.has(event.name) ? JSON.stringify(event.args) : undefined
    case 'upstream':
    default: {
      const { upstream, method, path, request } = event
      // Whoever knows the key does it once.
      return method === 'POST' && request.headers['idempotency-key'] === undefined
        ? JSON.stringify([upstream, path, request.body])
        : undefined
    }
  }
}

function isAddingStatement({ tag = '', shape }: Statement): boolean {
  return tag.startsWith('INSERT') || (tag.startsWith('UPDATE') && ADDS.test(shape))
}
