import type { ColumnSchema, TypeSchema } from '../../src/seed/schema.js'

/** A column as the catalogue would give it, with nothing special but what `limits` says. */
export function columnOf(name: string, type: TypeSchema, limits: Partial<ColumnSchema> = {}): ColumnSchema {
  return {
    name,
    position: 1,
    type,
    length: undefined,
    precision: undefined,
    scale: undefined,
    isNotNull: false,
    defaultSql: undefined,
    identity: undefined,
    isGenerated: false,
    collation: undefined,
    ...limits,
  }
}
