import { expect, test } from 'vitest'
import { foldNumbers } from '../../../src/wire/postgres/plan-message.js'
import { isRecording } from '../../../src/wire/recording/recording.js'
import { connection, prepared, record, redis, result, sql } from './traffic.js'

const ERROR = { code: '23505', severity: 'ERROR', message: 'duplicate key', detail: undefined, constraint: 'users_pkey' }

test('statements have text, shape, values, rows and time', () => {
  const run = record([prepared('SELECT * FROM users WHERE id = $1 AND name = $2', ['7', null], { results: [result('SELECT 3')] })])
  expect(run.statements).toMatchObject([
    {
      sql: 'SELECT * FROM users WHERE id = $1 AND name = $2',
      shape: 'select * from users where id = ? and name = ?',
      values: ['7', null],
      tag: 'SELECT 3',
      rows: 3,
      error: undefined,
      transaction: undefined,
      durationMs: 0.5,
      bytes: { request: 52, reply: 20 },
      protocol: 'extended',
    },
  ])
  expect(run.result).toBe('done')
  expect(isRecording(run)).toBe(true)
  expect(isRecording({ kind: 'plan' })).toBe(false)
})

test.each([
  ['INSERT 0 5', 5],
  ['UPDATE 2', 2],
  ['COPY 1000', 1000],
  ['BEGIN', 0],
  ['CREATE TABLE', 0],
])('the tag %j tells of %i rows', (tag, rows) => {
  expect(record([sql('x', { results: [result(tag)] })]).statements[0]?.rows).toBe(rows)
})

test('each statement of a message is one, and those after a failure never ran', () => {
  const results = [result('BEGIN'), result('INSERT 0 1')]
  const run = record([
    sql("begin; insert into t values (';'); insert into t values (1); commit", { results, error: ERROR, statusAfter: 'E' }),
  ])
  expect(run.statements.map(({ sql: text, tag, error, bytes }) => [text, tag, error?.code, bytes.request])).toEqual([
    ['begin', 'BEGIN', undefined, 72],
    ["insert into t values (';')", 'INSERT 0 1', undefined, 0],
    ['insert into t values (1)', undefined, '23505', 0],
  ])
  const half = record([sql('select 1; select 1/0', { results: [result('SELECT 1'), result('')], error: ERROR })])
  expect(half.statements.map(({ sql: text, error }) => [text, error?.code])).toEqual([
    ['select 1', undefined],
    ['select 1/0', '23505'],
  ])
})

test('a message that cannot be parsed is one statement', () => {
  const run = record([sql('select 1; selec 2', { results: [], error: { ...ERROR, code: '42601' } })])
  expect(run.statements.map(({ sql: text, error }) => [text, error?.code])).toEqual([['select 1; selec 2', '42601']])
})

test('of a message without its whole reply, what came is told', () => {
  const run = record([sql('select 1; select pg_sleep(9); select 3', { results: [result('SELECT 1')], end: undefined, endMs: undefined })])
  expect(run.statements.map(({ sql: text, tag, durationMs }) => [text, tag, durationMs])).toEqual([
    ['select 1', 'SELECT 1', undefined],
    ['select pg_sleep(9)', undefined, undefined],
  ])
})

test('transactions are numbered over all connections, pipelined or not', () => {
  const other = { connection: 3 }
  const run = record([
    sql('select 0', { statusBefore: 'T', connection: 4 }),
    sql('BEGIN', { results: [result('BEGIN')], statusAfter: 'T' }),
    prepared('start transaction', [], other),
    sql('update a', { statusBefore: 'T', statusAfter: 'T' }),
    sql('savepoint b', { statusBefore: 'T', statusAfter: 'T' }),
    prepared('update c', [], other),
    sql('rollback to savepoint b', { statusBefore: 'T', statusAfter: 'T' }),
    prepared('commit', [], other),
    sql('COMMIT', { statusBefore: 'T', statusAfter: 'I' }),
    sql('select 1'),
    sql('begin; select 2; commit and chain; select 3; rollback', {
      results: ['BEGIN', 'SELECT 1', 'COMMIT', 'SELECT 1', 'ROLLBACK'].map((tag) => result(tag)),
    }),
    prepared('select 4', [], other),
  ])
  expect(run.statements.map(({ sql: text, transaction }) => [text, transaction])).toEqual([
    ['select 0', 1],
    ['BEGIN', 2],
    ['start transaction', 3],
    ['update a', 2],
    ['savepoint b', 2],
    ['update c', 3],
    ['rollback to savepoint b', 2],
    ['commit', 3],
    ['COMMIT', 2],
    ['select 1', undefined],
    ['begin', 4],
    ['select 2', 4],
    ['commit and chain', 4],
    ['select 3', 5],
    ['rollback', 5],
    ['select 4', undefined],
  ])
})

test('commands have name, keys, reply and lookups', () => {
  const run = record([
    redis('get user:7', '$2\r\n{}\r\n'),
    redis('MGET a b', '*2\r\n$1\r\nx\r\n$-1\r\n', { keyPositions: [1, 2] }),
    redis('HSET cart:1 \xc3\xa9 \xff', '-WRONGTYPE Operation\r\n'),
    redis('BLPOP jobs 0', undefined, { end: undefined, endMs: undefined, isBlocking: true }),
    redis('LRANGE big 0 -1', { kind: 'array', elements: 70_000, presence: '1' }),
  ])
  expect(run.commands.map(({ name, keys, args, error, reply }) => [name, keys, args.slice(2), error, reply?.text])).toEqual([
    ['GET', ['user:7'], [], undefined, '"{}"'],
    ['MGET', ['a', 'b'], ['b'], undefined, '[2 elements]'],
    ['HSET', ['cart:1'], ['é', String.raw`\xff`], 'WRONGTYPE Operation', 'WRONGTYPE Operation'],
    ['BLPOP', ['jobs'], ['0'], undefined, undefined],
    ['LRANGE', ['big'], ['0', '-1'], undefined, '[70000 elements]'],
  ])
  expect(run.commands.slice(0, 2).flatMap(({ lookups }) => lookups)).toMatchObject([
    { key: 'user:7', outcome: 'hit' },
    { key: 'a', outcome: 'hit' },
    { key: 'b', outcome: 'miss' },
  ])
  expect(run.commands[0]?.lookups).toBe(run.commands[0]?.lookups)
})

test('what clients do to prepare a session stands apart', () => {
  const run = record([
    sql('SET search_path TO app'),
    sql('select version()'),
    redis('HELLO 3', '%0\r\n'),
    redis('CLIENT SETINFO lib-name x', '+OK\r\n'),
    redis('CLIENT KILL x', '+OK\r\n'),
    redis('INFO', '$0\r\n\r\n'),
    sql('select 1'),
    redis('GET a', '$-1\r\n'),
  ])
  expect(run.timeline.map((event) => ('sql' in event ? event.sql : 'args' in event && event.args.join(' ')))).toEqual([
    'CLIENT KILL x',
    'select 1',
    'GET a',
  ])
  expect(run.setUp).toHaveLength(5)
  expect(String(run)).toContain('1 statement, 2 commands, 2 connections, session set-up not shown (5)')
  expect(String(run)).not.toContain('search_path')
  expect(run.toString({ setUp: true })).toContain('SET search_path TO app')
})

const node = (type: string, rows: number) => ({ 'Node Type': type, 'Plan Rows': rows, 'Actual Rows': rows, 'Actual Loops': 1 })
const planOf = (text: string, rows: number) => foldNumbers(JSON.stringify({ 'Query Text': text, Plan: node('Result', rows) }))

test('plans are read when they are asked for, those of nested statements as a tree', () => {
  const folded = [planOf('select fk', 1), planOf('select inner', 2), planOf('select middle', 3), planOf('select outer', 4)]
  const planText = (shape: number, depth: number, times = 1) => ({
    shape,
    numbers: folded[shape]?.numbers ?? '',
    texts: folded[shape]?.texts ?? '',
    depth,
    times,
    totals:
      times > 1
        ? (folded[shape]?.numbers ?? '')
            .split(',')
            .map((number) => Number(number) * times)
            .join(',')
        : undefined,
  })
  const plans = [planText(0, 1, 1000), planText(1, 2), planText(2, 1), planText(3, 0)]
  const failed = [planText(1, 1)]
  const run = record(
    [
      sql('select outer', { results: [result('SELECT 1', { plans })], planUnavailable: 'never told' }),
      sql('select failed', { results: [result('', { plans: failed })], error: ERROR, planUnavailable: 'it failed (23505)' }),
    ],
    { planShapes: folded.map(({ shape }) => shape) },
  )
  const [outer, broken] = run.statements
  expect(outer?.plan).toMatchObject({ kind: 'plan', sql: 'select outer', root: { actual: { rows: 4 } } })
  expect(outer?.plan).toBe(outer?.plan)
  expect(outer?.planUnavailable).toBeUndefined()
  expect(outer?.nested).toMatchObject([
    {
      sql: 'select fk',
      times: 1000,
      plan: { root: { actual: { rows: 1 } } },
      totals: { root: { estimatedRows: 1, actual: { rows: 1000, loops: 1000 } } },
      nested: [],
    },
    { sql: 'select middle', times: 1, totals: undefined, nested: [{ sql: 'select inner', nested: [] }] },
  ])
  expect(broken?.plan).toBeUndefined()
  expect(broken?.planUnavailable).toBe('it failed (23505)')
  expect(broken?.nested).toMatchObject([{ sql: 'select inner' }])
})

test('filter keeps what the match means, minus leaves out what the other has', () => {
  const run = record([
    prepared('select * from a where id = $1', ['1']),
    prepared('select * from a where id = $1', ['2']),
    redis('GET user:1', '$-1\r\n'),
    sql('commit'),
  ])
  expect(run.filter('GET user:*').timeline).toHaveLength(1)
  expect(run.filter('SELECT').statements).toHaveLength(2)
  expect(run.filter('SELECT').result).toBe('done')
  expect(() => run.filter('SELCT')).toThrow("Did you mean 'SELECT'?")
  const warm = record([prepared('select * from a where id = $1', ['9']), redis('GET user:5', '$-1\r\n')])
  expect(run.minus(warm).timeline.map((event) => ('values' in event ? event.values : 'name' in event && event.name))).toEqual([['2'], []])
})

test('nothing of it can be changed, and it goes into JSON', () => {
  const run = record([prepared('select $1', ['1']), redis('GET a', '$1\r\nx\r\n')])
  expect(() => Object.assign(run, { result: 1 })).toThrow(TypeError)
  expect(() => Object.assign(run.timeline, [1])).toThrow(TypeError)
  for (const event of run.timeline) expect(Object.isFrozen(event)).toBe(true)
  expect(JSON.parse(JSON.stringify(run))).toMatchObject({
    kind: 'recording',
    timeline: [
      { sql: 'select $1', values: ['1'], nested: [] },
      { name: 'GET', reply: { kind: 'bulk', text: '"x"' }, lookups: [{ key: 'a', outcome: 'hit' }] },
    ],
  })
})

test('connections are counted by what was open at the same time', () => {
  const run = record([], {
    connections: [
      connection(1, { closedAt: 5 }),
      connection(2, { openedAt: 3, closedAt: 8 }),
      connection(3, { openedAt: 8, status: 'T' }),
      connection(4, { store: 'redis', openedAt: 1 }),
    ],
  })
  expect(run.connections).toMatchObject({ opened: 3, peak: { postgres: 2, redis: 1 } })
  expect(run.connections.list.map(({ status }) => status)).toEqual(['I', 'I', 'T', 'I'])
})

test('it prints as an aligned table', () => {
  const run = record(
    [
      sql(`select\n  *  from orders where note = '${'x'.repeat(200)}'`, { results: [result('SELECT 12')] }),
      redis('GET user:7', '$-1\r\n', { steered: 'held 12 ms' }),
      sql('insert into a values (1)', { error: ERROR, results: [] }),
      sql('BEGIN', { results: [result('BEGIN')] }),
    ],
    { isOverlapping: true },
  )
  expect(String(run).split('\n')).toEqual([
    '4.0 ms: 3 statements, 1 command, 2 connections, OVERLAPPING: with the traffic of another recording',
    `  0.0 ms  pg     #1  ${"select * from orders where note = '".padEnd(99, 'x')}…  → 12 rows           took 0.5 ms`,
    `  1.0 ms  redis  #2  ${'GET user:7'.padEnd(100)}  → nil (held 12 ms)  took 0.5 ms`,
    `  2.0 ms  pg     #1  ${'insert into a values (1)'.padEnd(100)}  ✗ 23505             took 0.5 ms`,
    `  3.0 ms  pg     #1  ${'BEGIN'.padEnd(100)}  → BEGIN             took 0.5 ms`,
  ])
})
