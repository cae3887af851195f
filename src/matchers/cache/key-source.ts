import type { Recording, RecordedEvent, Statement } from '../../wire/recording/recording.js'
import { oncePerRecording } from '../recording/once-per-recording.js'
import { isTransactionControl } from '../recording/transaction-control.js'
import { partsOfKey, valuesOf } from './statement-ids.js'

/** Finds the statements that asked for what a key caches, between two positions. */
export type FindSources = (key: string, from: number, to: number) => readonly Statement[]

/**
 * A statement belongs to a key when one of its values is a part of the key (`$1 = 7` and `product:7`). Where none is, the one that comes next on
 * the timeline does, with nothing in between.
 */
export function createSourceFinder(recording: Recording): FindSources {
  const { timeline } = recording
  return (key, from, to) => {
    const byValue = statementsByValue(recording)
    const found: Statement[] = []
    let lists = 0
    for (const part of partsOfKey(key)) {
      const list = byValue.get(part)
      if (list === undefined) continue
      lists += 1
      for (let at = firstFrom(list, from); at < list.length; at += 1) {
        const statement = list[at]
        if (statement === undefined || statement.start > to) break
        found.push(statement)
      }
    }
    // Of one part they are in order, and each is there once.
    if (found.length > 0) return lists === 1 ? found : [...new Set(found)].toSorted((a, b) => a.start - b.start)
    for (let at = firstFrom(timeline, from); at < timeline.length; at += 1) {
      const next = timeline[at]
      if (next === undefined || next.start > to || next.store !== 'postgres') break
      if (!isTransactionControl(next)) return [next]
    }
    return []
  }
}

const statementsByValue = oncePerRecording(({ statements }): ReadonlyMap<string, readonly Statement[]> => {
  const index = new Map<string, Statement[]>()
  // By index: of a frozen list, for…of makes an object for each element.
  for (let at = 0; at < statements.length; at += 1) {
    const statement = statements[at]
    if (statement === undefined || isTransactionControl(statement)) continue
    const values = valuesOf(statement)
    for (const value of values.length === 1 ? values : new Set(values)) {
      const list = index.get(value)
      if (list === undefined) index.set(value, [statement])
      else list.push(statement)
    }
  }
  return index
})

/** Where in a list in order of time the first begins that was asked for after a position. */
function firstFrom(events: readonly RecordedEvent[], position: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.start ?? Infinity) > position) high = middle
    else low = middle + 1
  }
  return low
}
