import type { TypeSchema } from './schema.js'

/** The type under any domains. */
export function baseType(type: TypeSchema): TypeSchema {
  return type.kind === 'domain' && type.of !== undefined ? baseType(type.of) : type
}
