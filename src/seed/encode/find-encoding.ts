import type { TypeEncoding } from '../encoding.js'
import type { TypeSchema } from '../schema.js'
import { arrayWriter } from './array.js'
import { bool } from './boolean.js'
import { bit, bytea, varbit } from './bytes.js'
import { date, time, timestamp, timetz } from './date-time.js'
import { enumWriter } from './enumeration.js'
import { float4, float8 } from './floats.js'
import { box, circle, line, lseg, path, point, polygon } from './geometry.js'
import { hstore } from './hstore.js'
import { int2, int4, int8, oid } from './integers.js'
import { interval } from './interval.js'
import { json, jsonb } from './json.js'
import { money } from './money.js'
import { cidr, inet, macaddr, macaddr8 } from './network.js'
import { numeric } from './numeric.js'
import { multirangeWriter, rangeWriter } from './range.js'
import { char, name, text } from './text.js'
import { uuid } from './uuid.js'
import { columnWriter, type TypeLimits, type ValueCodec, type ValueWriter } from './value-writer.js'

const CODECS: readonly ValueCodec[] = [
  bool,
  int2,
  int4,
  int8,
  oid,
  float4,
  float8,
  numeric,
  money,
  text,
  name,
  char,
  bytea,
  bit,
  varbit,
  uuid,
  date,
  time,
  timetz,
  timestamp,
  interval,
  json,
  jsonb,
  inet,
  cidr,
  macaddr,
  macaddr8,
  point,
  lseg,
  box,
  line,
  circle,
  polygon,
  path,
  hstore,
]

type CreateValueWriter = (limits: TypeLimits) => ValueWriter

/** How the values of a type are written in COPY BINARY; `undefined` for a type that can only be written as text. */
export function findEncoding(type: TypeSchema): TypeEncoding | undefined {
  const create = findValueWriter(type)
  if (create === undefined) return undefined
  return { types: [type.name], createWriter: (bound, column, table) => columnWriter(bound, column, table, create(column)) }
}

function findValueWriter(type: TypeSchema): CreateValueWriter | undefined {
  if (type.kind === 'enum') return () => enumWriter(type)
  if (type.kind === 'base') {
    // Types of extensions, such as citext, stand in any schema.
    const bare = type.name.slice(type.name.lastIndexOf('.') + 1)
    const codec = CODECS.find(({ types }) => types.includes(bare))
    return codec === undefined ? undefined : (limits) => codec.createValueWriter(limits, type)
  }
  const { of } = type
  const inner = of === undefined ? undefined : findValueWriter(of)
  if (of === undefined || inner === undefined) return undefined
  if (type.kind === 'domain') return inner
  if (type.kind === 'array') return (limits) => arrayWriter(of, inner(limits))
  if (type.kind === 'range') return (limits) => rangeWriter(inner(limits))
  if (type.kind !== 'multirange') return undefined
  const subtype = of.kind === 'range' && of.of !== undefined ? findValueWriter(of.of) : inner
  return subtype === undefined ? undefined : (limits) => multirangeWriter(subtype(limits))
}
