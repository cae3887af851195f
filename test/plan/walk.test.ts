import { expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse.js'
import { indexUses, isTableNamed, pathTo, planNodes, tableOf, tableReads } from '../../src/plan/walk.js'

const TABLE = { columns: [], reltuples: 1, relpages: 1, pages: 1, partitioned: false, root: undefined }
const INDEX = {
  included: [],
  columns: ['id'],
  predicate: undefined,
  unique: true,
  valid: true,
  method: 'btree',
  definition: '',
  parent: undefined,
}
const scan = (schema: string) => ({
  'Node Type': 'Bitmap Heap Scan',
  'Relation Name': 'orders',
  Schema: schema,
  Alias: schema,
  Plans: [
    { 'Node Type': 'BitmapAnd', Plans: [{ 'Node Type': 'Bitmap Index Scan', 'Index Name': 'orders_pkey', 'Index Cond': '(id = 1)' }] },
  ],
})
const PLAN = parsePlan(
  {
    Plan: {
      'Node Type': 'ModifyTable',
      Operation: 'Delete',
      'Relation Name': 'orders',
      Schema: 'shop',
      Alias: 'target',
      Plans: [
        scan('shop'),
        scan('public'),
        { 'Node Type': 'Index Only Scan', 'Relation Name': 'orders', Schema: 'public', 'Index Name': 'orders_pkey' },
      ],
    },
  },
  {
    sql: '',
    params: [],
    postgresVersion: '18',
    schema: {
      tables: [
        { ...TABLE, schema: 'public', name: 'orders' },
        { ...TABLE, schema: 'shop', name: 'orders' },
      ],
      indexes: [
        { ...INDEX, name: 'orders_pkey', schema: 'public', table: 'orders' },
        { ...INDEX, name: 'orders_pkey', schema: 'shop', table: 'orders' },
      ],
    },
  },
)

test('nodes come parents first, and a path leads from the root to a node', () => {
  const nodes = planNodes(PLAN)
  expect(nodes).toHaveLength(8)
  expect(pathTo(PLAN, nodes[3]!).map(({ type }) => type)).toEqual(['ModifyTable', 'Bitmap Heap Scan', 'BitmapAnd', 'Bitmap Index Scan'])
  expect(pathTo(PLAN, { ...nodes[3]! })).toEqual([])
})

test('an index of a bitmap belongs to the table above it, also where two schemas have the same names', () => {
  expect(indexUses(PLAN).map(({ index, walksWholeIndex }) => [index?.schema, walksWholeIndex])).toEqual([
    ['shop', false],
    ['public', false],
    ['public', true],
  ])
})

test('the node that writes to a table does not read it', () => {
  expect(tableReads(PLAN).map((node) => [node.type, tableOf(PLAN, node)?.schema])).toEqual([
    ['Bitmap Heap Scan', 'shop'],
    ['Bitmap Heap Scan', 'public'],
    ['Index Only Scan', 'public'],
  ])
})

test('a table goes by its name, with or without its schema, and by that of the table it is a part of', () => {
  const partition = { schema: 'a', name: 'events_2024', root: { schema: 'public', name: 'events' } }
  expect(['events_2024', 'a.events_2024', 'events', 'public.events'].map((name) => isTableNamed(name, partition))).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['a.events', 'event', 'public.events_2024'].map((name) => isTableNamed(name, partition))).toEqual([false, false, false])
})
