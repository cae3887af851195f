import type { TypeSchema } from '../schema.js'
import { unfit, writeInt32, type ValueWriter } from './value-writer.js'

/** Elements of one type, nested to any depth that is a box: all lists of one level have one length. */
export function arrayWriter(element: TypeSchema, write: ValueWriter): ValueWriter {
  const isJson = element.name === 'json' || element.name === 'jsonb'
  return (target, at, value) => {
    const list = listOf(value)
    if (list === undefined) throw unfit('a list')
    // What is inside a list of JSON is JSON.
    const dimensions = isJson ? (list.length === 0 ? [] : [list.length]) : dimensionsOf(list)
    const elements = isJson ? list : flatten(list, dimensions, 0)
    let end = at + 12 + dimensions.length * 8
    if (end > target.length) return -1
    let place = writeInt32(target, at, dimensions.length)
    place = writeInt32(target, place, elements.some((item) => item === null) ? 1 : 0)
    place = writeInt32(target, place, element.oid)
    for (const size of dimensions) place = writeInt32(target, writeInt32(target, place, size), 1)
    for (const item of elements) {
      end = writeSized(target, end, item, write)
      if (end < 0) return -1
    }
    return end
  }
}

/** A length word and the value; -1 for NULL. */
export function writeSized(target: Buffer, at: number, value: unknown, write: ValueWriter): number {
  const body = at + 4
  if (body > target.length) return -1
  if (value === null || value === undefined) return writeInt32(target, at, -1)
  const end = write(target, body, value)
  if (end >= 0) writeInt32(target, at, end - body)
  return end
}

function dimensionsOf(list: readonly unknown[]): readonly number[] {
  if (list.length === 0) return []
  const first = listOf(list[0])
  return first === undefined ? [list.length] : [list.length, ...dimensionsOf(first)]
}

function flatten(list: readonly unknown[], dimensions: readonly number[], depth: number): readonly unknown[] {
  if (list.length !== (dimensions[depth] ?? 0)) throw unfit('a list whose inner lists have one length')
  if (depth + 1 >= dimensions.length) {
    if (list.some((item) => Array.isArray(item))) throw unfit('a list whose inner lists have one depth')
    return list
  }
  return list.flatMap((item) => {
    const inner = listOf(item)
    if (inner === undefined) throw unfit('a list whose inner lists have one depth')
    return flatten(inner, dimensions, depth + 1)
  })
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}
