import { createHash } from 'node:crypto'

/** Anything JSON can say. */
export type FingerprintPart =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly FingerprintPart[]
  | { readonly [name: string]: FingerprintPart }

/** A hash of `part`, 20 hexadecimal digits, the same whatever the order of object keys. */
export function fingerprint(part: FingerprintPart): string {
  return createHash('sha256').update(canonical(part)).digest('hex').slice(0, 20)
}

function canonical(part: FingerprintPart): string {
  if (part === undefined) return 'undefined'
  if (part === null || typeof part !== 'object') return JSON.stringify(part)
  if (isList(part)) return `[${part.map(canonical).join()}]`
  const names = Object.keys(part).toSorted()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(part[name])}`).join()}}`
}

function isList(part: readonly FingerprintPart[] | object): part is readonly FingerprintPart[] {
  return Array.isArray(part)
}
