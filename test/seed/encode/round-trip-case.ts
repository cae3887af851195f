import type { ColumnSchema, TypeSchema } from '../../../src/seed/schema.js'

/** Values of one type, and how they come back. */
export interface Case {
  readonly sql: string
  readonly type: TypeSchema
  readonly limits?: Partial<ColumnSchema>
  /** What a generator gives, and what the server shows for it. */
  readonly values: readonly (readonly [value: unknown, shown: string])[]
  /** Not in the text format, where the value has no text of its own. */
  readonly binaryOnly?: boolean
}

export const base: (name: string, oid?: number) => TypeSchema = (name: string, oid = 0): TypeSchema => ({ name, oid, kind: 'base' })
export const listOf: (of: TypeSchema) => TypeSchema = (of: TypeSchema): TypeSchema => ({ name: `_${of.name}`, oid: 0, kind: 'array', of })
export const rangeOf: (of: TypeSchema) => TypeSchema = (of: TypeSchema): TypeSchema => ({ name: 'range', oid: 0, kind: 'range', of })
