import { expect, test } from 'vitest'
import { readConditionColumns, type ConditionColumn } from '../../src/plan/condition-columns.js'
import { explain } from '../../src/plan/explain.js'
import { planNodes } from '../../src/plan/walk.js'
import { describeEachPostgres } from './with-postgres.js'

const SETUP = `
  CREATE TABLE things (id int, "Group" text, name varchar(20), email text, at timestamptz, day date, flag boolean, tags text[], doc jsonb, price numeric(10, 2));
  CREATE SCHEMA ops;
  CREATE OPERATOR ops.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
`

/** `alias.column|expression operator value kind` */
function brief(one: ConditionColumn): string {
  const alias = one.alias === undefined ? '' : `${one.alias}.`
  const other =
    one.value ?? one.comparedWith.map(({ alias: relation, column }) => `${relation === undefined ? '' : `${relation}.`}${column}`).join('+')
  return [
    `${alias}${one.columns.map(({ column }) => column).join('+')}${one.expression === undefined ? '' : `|${one.expression}`}${one.cast === undefined ? '' : `|cast ${one.cast}`}`,
    one.operator,
    one.quantifier ?? '',
    other,
    one.kind,
    one.alternative ? 'alternative' : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["id = 42 AND email = 'a'", ['id = 42 equality', "email = 'a'::text equality"]],
  ["name = 'a'", ["name|(name)::text|cast text = 'a'::text equality"]],
  ["id::text = '5'", ["id|(id)::text|cast text = '5'::text equality"]],
  ['id::numeric = 5.0', ['id|(id)::numeric|cast numeric = 5.0 equality']],
  ["lower(email) = 'a'", ["email|lower(email) = 'a'::text equality"]],
  ["lower(name) = 'a'", ["name|lower((name)::text) = 'a'::text equality"]],
  ['id IN (1, 2)', ["id = ANY '{1,2}'::integer[] equality"]],
  ['id NOT IN (1, 2)', ["id <> ALL '{1,2}'::integer[] other"]],
  ["email LIKE '%a''(b'", ["email ~~ '%a''(b'::text other"]],
  [
    "at >= '2024-01-01' AND at < '2024-02-01 00:00+00'::timestamptz",
    [expect.stringMatching(/^at >= '.*'::timestamp with time zone range$/), expect.stringMatching(/^at < .* range$/)],
  ],
  ['5 < id', ['id > 5 range']],
  ['id + 1 > 5', ['id|id + 1 > 5 range']],
  [
    "id = 1 OR (email = 'a' AND flag)",
    ['id = 1 equality alternative', "email = 'a'::text equality alternative", 'flag = true equality alternative'],
  ],
  ['flag', ['flag = true equality']],
  ['NOT flag', ['flag = false equality']],
  ['NOT (id = 1 AND flag) AND id > 0', ['id <> 1 other alternative', 'flag = false equality alternative', 'id > 0 range']],
  ['email IS NULL AND day IS NOT NULL', ['email IS NULL equality', 'day IS NOT NULL other']],
  ['email IS DISTINCT FROM name', ['email IS DISTINCT FROM name other', 'name|(name)::text|cast text IS DISTINCT FROM email other']],
  ["\"Group\" = 'x' AND day = '2024-01-01'", ["Group = 'x'::text equality", "day = '2024-01-01'::date equality"]],
  [
    "at AT TIME ZONE 'utc' > '2024-01-01'",
    [expect.stringMatching(/^at\|.*(AT TIME ZONE|timezone).* > .*::timestamp without time zone range$/)],
  ],
  ["date_trunc('day', at) = '2024-01-01'", [expect.stringMatching(/^at\|date_trunc\('day'::text, at\) = /)]],
  ['extract(year FROM at) = 2024', [expect.stringMatching(/^at\|EXTRACT\(year FROM at\) = .*2024.* equality$/)]],
  ["doc ->> 'kind' = 'a'", ["doc|doc ->> 'kind'::text = 'a'::text equality"]],
  ['doc @> \'{"a": 1}\'', ['doc @> \'{"a": 1}\'::jsonb other']],
  ["tags && ARRAY['a', 'b']", ["tags && '{a,b}'::text[] other"]],
  ["'a' = ANY (tags)", ["tags = ANY 'a'::text equality"]],
  ["tags[1] = 'a'", ["tags|tags[1] = 'a'::text equality"]],
  ["(id, email) > (1, 'a')", ['id > 1 range', "email > 'a'::text range"]],
  ["CASE WHEN id > 5 THEN 'a' ELSE email END = 'b'", [expect.stringContaining('id+email|CASE WHEN')]],
  ["coalesce(email, name) = 'b'", [expect.stringMatching(/^email\+name\|COALESCE\(email, \(name\)::(text|character varying)\)/)]],
  ['email = \'a\' COLLATE "C"', [`email = 'a'::text COLLATE "C" equality`]],
  ["email OPERATOR(ops.=) 'a'", ["email = 'a'::text equality"]],
  ['price > 5::numeric(10, 2)', [expect.stringMatching(/^price > .* range$/)]],
  ['id = (SELECT max(id) FROM things)', [expect.stringMatching(/^things\.id = .+ equality$/)]],
  ["starts_with(email, 'a')", ["email|starts_with(email, 'a'::text) other"]],
]

await describeEachPostgres(SETUP, (database) => {
  test.each(CASES)('%s', async (condition, expected) => {
    const plan = await explain(database().sql, `SELECT 1 FROM things WHERE ${condition}`, [], {
      analyze: false,
      settings: { enable_seqscan: true },
    })
    const scan = planNodes(plan).find(({ conditions, subplanName }) => conditions.filter !== undefined && subplanName === undefined)

    const found = readConditionColumns(scan?.conditions.filter ?? '').map(brief)

    expect(found).toEqual(expected)
  })

  test('a join names the relation of each column, on both of its sides', async () => {
    const plan = await explain(
      database().sql,
      'SELECT 1 FROM things a JOIN things "B c" ON a.id = "B c".id AND a.day < "B c".day WHERE a.email = $1',
      ['x'],
      { analyze: false, generic: true, settings: { enable_mergejoin: false, enable_nestloop: false } },
    )
    const join = plan.root.conditions

    expect(
      readConditionColumns(join.hashCond ?? '')
        .map(brief)
        .toSorted(),
    ).toEqual(['B c.id = a.id equality', 'a.id = B c.id equality'])
    expect(
      readConditionColumns(join.joinFilter ?? '')
        .map(brief)
        .toSorted(),
    ).toEqual(['B c.day > a.day range', 'a.day < B c.day range'])
    expect(
      planNodes(plan)
        .flatMap(({ conditions }) => readConditionColumns(conditions.filter ?? ''))
        .map(brief),
    ).toEqual(['a.email = $1 equality'])
  })
})

test('text that is no condition gives nothing, and does not fail', () => {
  expect(['', '((', ')', 'AND', '::', '(NOT (hashed SubPlan 1))', '(SubPlan 1)', '$1'].map((text) => readConditionColumns(text))).toEqual([
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
  ])
})
