import { base, listOf, rangeOf, type Case } from './round-trip-case.js'

export const COMPOUND_CASES: readonly Case[] = [
  {
    sql: 'json',
    type: base('json'),
    values: [
      [{ a: [1, null, 'x'] }, '{"a":[1,null,"x"]}'],
      [[1], '[1]'],
      ['{"raw": 1}', '{"raw": 1}'],
      [true, 'true'],
    ],
  },
  {
    sql: 'jsonb',
    type: base('jsonb'),
    values: [
      [{ b: 1, a: 'é\\u0000 escaped' }, '{"a": "é\\\\u0000 escaped", "b": 1}'],
      ['"text"', '"text"'],
    ],
  },
  { sql: 'jsonpath', type: base('jsonpath'), values: [['$.a', '$."a"']] },
  { sql: 'xml', type: base('xml'), values: [['<a>1</a>', '<a>1</a>']] },
  {
    sql: 'inet',
    type: base('inet'),
    values: [
      ['10.0.0.1/8', '10.0.0.1/8'],
      ['255.255.255.255', '255.255.255.255/32'],
      ['::1', '::1/128'],
      ['2001:db8::ff00:42:8329/64', '2001:db8::ff00:42:8329/64'],
      ['::ffff:1.2.3.4', '::ffff:1.2.3.4/128'],
    ],
  },
  {
    sql: 'cidr',
    type: base('cidr'),
    values: [
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['2001:db8::/32', '2001:db8::/32'],
    ],
  },
  { sql: 'macaddr', type: base('macaddr'), values: [['08:00:2b:01:02:ff', '08:00:2b:01:02:ff']] },
  { sql: 'macaddr8', type: base('macaddr8'), values: [['08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:05']] },
  { sql: 'oid', type: base('oid'), values: [[4_294_967_295, '4294967295']] },
  {
    sql: 'point',
    type: base('point'),
    binaryOnly: true,
    values: [
      [[1, -2.5], '(1,-2.5)'],
      [{ x: 1, y: 2 }, '(1,2)'],
      ['(3,4)', '(3,4)'],
    ],
  },
  {
    sql: 'box',
    type: base('box'),
    binaryOnly: true,
    values: [
      [
        [
          [3, 4],
          [1, 2],
        ],
        '(3,4),(1,2)',
      ],
    ],
  },
  {
    sql: 'lseg',
    type: base('lseg'),
    binaryOnly: true,
    values: [
      [
        [
          [1, 2],
          [3, 4],
        ],
        '[(1,2),(3,4)]',
      ],
    ],
  },
  { sql: 'line', type: base('line'), binaryOnly: true, values: [[[1, -1, 0], '{1,-1,0}']] },
  { sql: 'circle', type: base('circle'), binaryOnly: true, values: [[[1, 2, 5], '<(1,2),5>']] },
  {
    sql: 'polygon',
    type: base('polygon'),
    binaryOnly: true,
    values: [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        '((0,0),(1,0),(1,1))',
      ],
    ],
  },
  {
    sql: 'path',
    type: base('path'),
    binaryOnly: true,
    values: [
      [
        [
          [0, 0],
          [1, 1],
        ],
        '((0,0),(1,1))',
      ],
      ['[(0,0),(1,1)]', '[(0,0),(1,1)]'],
    ],
  },
  {
    sql: 'color',
    type: { name: 'color', oid: 0, kind: 'enum', labels: ['red', 'dark blue'] },
    values: [
      ['dark blue', 'dark blue'],
      ['red', 'red'],
    ],
  },
  { sql: 'amount', type: { name: 'amount', oid: 0, kind: 'domain', of: base('int4') }, values: [[5, '5']] },
  {
    sql: 'integer[]',
    type: listOf(base('int4', 23)),
    values: [
      [[1, null, -3], '{1,NULL,-3}'],
      [[], '{}'],
      [
        [
          [1, 2],
          [3, 4],
        ],
        '{{1,2},{3,4}}',
      ],
    ],
  },
  { sql: 'text[]', type: listOf(base('text', 25)), values: [[['a"b\\', 'NULL', ''], '{"a\\"b\\\\","NULL",""}']] },
  { sql: 'timestamptz[]', type: listOf(base('timestamptz', 1184)), values: [[[0], '{"1970-01-01 00:00:00+00"}']] },
  { sql: 'jsonb[]', type: listOf(base('jsonb', 3802)), values: [[[{ a: 1 }, [1, 2]], '{"{\\"a\\": 1}","[1, 2]"}']] },
  {
    sql: 'int4range',
    type: rangeOf(base('int4')),
    values: [
      [[1, 5], '[1,5)'],
      [{ lower: 1, upper: 5, bounds: '[]' }, '[1,6)'],
      ['empty', 'empty'],
      [[null, 3], '(,3)'],
    ],
  },
  {
    sql: 'tstzrange',
    type: rangeOf(base('timestamptz')),
    values: [
      [[0, 1000], '["1970-01-01 00:00:00+00","1970-01-01 00:00:01+00")'],
      [{ lower: 0 }, '["1970-01-01 00:00:00+00",)'],
    ],
  },
  { sql: 'numrange', type: rangeOf(base('numeric')), values: [[{ lower: 0.5, upper: 2, bounds: '(]' }, '(0.5,2]']] },
  {
    sql: 'int4multirange',
    type: { name: 'int4multirange', oid: 0, kind: 'multirange', of: rangeOf(base('int4')) },
    values: [
      [
        [
          [1, 2],
          [5, 7],
        ],
        '{[1,2),[5,7)}',
      ],
      [[], '{}'],
    ],
  },
]
