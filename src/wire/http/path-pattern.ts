/** The path of a route, or of a match: `:name` stands for one segment, `*` for anything. */
export interface PathPattern {
  readonly pattern: RegExp
  /** Of the segments, in order. */
  readonly names: readonly string[]
}

/** Meets whole paths, without their query. */
export function readPathPattern(path: string): PathPattern {
  const names: string[] = []
  const source = path
    .split(/(:\w+|\*)/)
    .map((part) => {
      if (part === '*') return '.*'
      if (!/^:\w+$/.test(part)) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      names.push(part.slice(1))
      return '([^/]+)'
    })
    .join('')
  return { pattern: new RegExp(`^${source}$`), names }
}

/** `/shipments/7?full=1` → `/shipments/7` */
export function pathnameOf(path: string): string {
  const at = path.indexOf('?')
  return at === -1 ? path : path.slice(0, at)
}
