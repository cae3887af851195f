import { expect, test } from 'vitest'
import type { ColumnStatistics } from '../../../src/databases/table-statistics.js'
import { stretch } from '../../../src/plan/projection/stretch.js'
import { valueLine, type ValueLine } from '../../../src/plan/projection/value-line.js'

const COLUMN: ColumnStatistics = {
  column: 'at',
  inherited: false,
  nullFraction: 0,
  averageWidth: 8,
  distinct: -1,
  mostCommon: undefined,
  bounds: ['1', '101', '201'],
  correlation: 1,
}

function line(type: string): ValueLine {
  const found = valueLine(type)
  if (found === undefined) throw new Error(`${type} has no line`)
  return found
}

test('values that rise go on beyond the greatest, values that fall beyond the least', () => {
  expect(stretch(COLUMN, line('integer'), 10)?.ends).toEqual(['1', '2001'])
  expect(stretch({ ...COLUMN, correlation: -1 }, line('integer'), 10)?.ends).toEqual(['-1799', '201'])
})

test('what would go on beyond its type stops there and says so', () => {
  const small = stretch(COLUMN, line('smallint'), 1000)
  expect(small).toMatchObject({ ends: ['1', '32767'], stopsAt: '32767' })
  expect(small?.bounds.filter((bound) => bound === '32767').length).toBe(84)
  expect(stretch({ ...COLUMN, correlation: -1 }, line('oid'), 10)).toMatchObject({ ends: ['0', '201'], stopsAt: '0' })
  expect(stretch(COLUMN, line('smallint'), 100)?.stopsAt).toBeUndefined()
})

test('most common values are spread into the histogram by their share', () => {
  const days = stretch(
    { ...COLUMN, bounds: undefined, mostCommon: { values: ['2024-01-01', '2024-01-02'], frequencies: [0.75, 0.25] } },
    line('date'),
    11,
  )
  expect(days?.bounds.filter((day) => day === '2024-01-01').length).toBe(76)
  expect(days?.ends).toEqual(['2024-01-01', '2024-01-12'])
})

test('what has no place on the line is not stretched', () => {
  expect(stretch({ ...COLUMN, bounds: ['2024-01-01', 'infinity'] }, line('date'), 2)).toBeUndefined()
  expect(valueLine('text')).toBeUndefined()
})

test.each([
  ['timestamp with time zone', '2024-02-29 23:59:59.123456+00', '2024-02-29 23:59:59.123456+00'],
  ['timestamp without time zone', '1969-12-31 00:00:01', '1969-12-31 00:00:01.000000'],
  ['date', '12024-02-29', '12024-02-29'],
  ['bigint', '900000000000', '900000000000'],
  ['numeric', '0.000001', '0.000001'],
])('%s reads and writes %s', (type, text, written) => {
  const { read, write } = line(type)
  expect(write(read(text) ?? 0)).toBe(written)
})
