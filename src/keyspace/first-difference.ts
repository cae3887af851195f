/** Where two values part, and what each has there; undefined stands for what is not there. */
export interface Difference {
  /** `price`, `tags[2].name`; `''` for the whole. */
  readonly path: string
  readonly cached: unknown
  readonly loaded: unknown
}

/** The first place at which two values made of JSON differ: in the order of what is cached, then of what only the other has. */
export function firstDifference(cached: unknown, loaded: unknown, path: string = ''): Difference | undefined {
  if (Object.is(cached, loaded)) return undefined
  if (!isContainer(cached) || !isContainer(loaded) || Array.isArray(cached) !== Array.isArray(loaded)) return { path, cached, loaded }
  const isList = Array.isArray(cached)
  for (const name of new Set([...Object.keys(cached), ...Object.keys(loaded)])) {
    const own = Object.hasOwn(cached, name) ? cached[name] : undefined
    const other = Object.hasOwn(loaded, name) ? loaded[name] : undefined
    const found = firstDifference(own, other, isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

/** Without what JSON does not keep: dates are texts, a value that is undefined is gone. 64-bit integers become texts, as drivers give them. */
export function plainValue(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

type Container = Readonly<Record<string, unknown>>

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}
