import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { prepareGenerator, type ColumnContext, type Generator, type PrepareContext } from '../generator.js'
import { specOf } from './one-of.js'

/** A JSON value with generators in it wherever a value changes from row to row. */
export type JsonShape = Generator | string | number | boolean | null | readonly JsonShape[] | { readonly [name: string]: JsonShape }

/** A document: `json({ source: weighted({ web: 8, app: 2 }), tags: array(oneOf(TAGS), 3), version: 1 })`. For json and jsonb. */
export function json(shape: JsonShape): Generator {
  return {
    kind: 'json',
    spec: { kind: 'json', shape: specOfShape(shape) },
    ...(needsPreparing(shape) ? { prepare: async (context) => json(await prepareShape(shape, context)) } : {}),
    bind: (context) => ({ at: bindShape(shape, context, '$') }),
  }
}

function bindShape(shape: JsonShape, context: ColumnContext, path: string): (row: number) => unknown {
  if (typeof shape !== 'object' || shape === null) return () => shape
  if (isGenerator(shape)) {
    const { at, isTime } = shape.bind({ ...context, schema: undefined, draws: context.draws.fork(path) })
    return isTime === true ? (row) => isoOf(at(row)) : at
  }
  if (isList(shape)) {
    const items = shape.map((item, index) => bindShape(item, context, `${path}[${index}]`))
    return (row) => items.map((item) => item(row))
  }
  const members = Object.entries(shape).map(([name, member]) => [name, bindShape(member, context, `${path}.${name}`)] as const)
  return (row) => {
    const made: Record<string, unknown> = {}
    for (const [name, member] of members) made[name] = member(row)
    return made
  }
}

function isoOf(value: unknown): unknown {
  return typeof value === 'number' ? new Date(value).toISOString() : value
}

function specOfShape(shape: JsonShape): FingerprintPart {
  if (typeof shape !== 'object' || shape === null) return specOf(shape)
  if (isGenerator(shape)) return { generator: shape.spec }
  if (isList(shape)) return shape.map(specOfShape)
  return Object.entries(shape).map(([name, member]) => [name, specOfShape(member)])
}

function needsPreparing(shape: JsonShape): boolean {
  if (typeof shape !== 'object' || shape === null) return false
  if (isGenerator(shape)) return shape.prepare !== undefined
  return Object.values(shape).some(needsPreparing)
}

async function prepareShape(shape: JsonShape, context: PrepareContext): Promise<JsonShape> {
  if (typeof shape !== 'object' || shape === null) return shape
  if (isGenerator(shape)) return prepareGenerator(shape, context)
  if (isList(shape)) return Promise.all(shape.map((item) => prepareShape(item, context)))
  const members = await Promise.all(
    Object.entries(shape).map(async ([name, member]) => [name, await prepareShape(member, context)] as const),
  )
  return Object.fromEntries(members)
}

function isGenerator(shape: object): shape is Generator {
  return 'bind' in shape && typeof shape.bind === 'function' && 'kind' in shape
}

function isList(shape: JsonShape): shape is readonly JsonShape[] {
  return Array.isArray(shape)
}
