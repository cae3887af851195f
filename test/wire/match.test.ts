import { expect, test } from 'vitest'
import { describeMatch, matcherOf, matches, parseMatch, type Match, type MatchSubject } from '../../src/wire/match.js'

const sql = (text: string): MatchSubject => ({ store: 'postgres', connection: 1, sql: text })
const redis = (text: string, keys: readonly string[] = []): MatchSubject => ({ store: 'redis', connection: 1, args: text.split(' '), keys })

test.each<[Match, MatchSubject, boolean]>([
  ['UPDATE seats', sql('update seats set taken = true'), true],
  ['update seats', sql('UPDATE "seats" SET taken = true'), true],
  ['UPDATE seats', sql('UPDATE "public"."seats" SET taken = true'), true],
  ['UPDATE seats', sql('/* app */ UPDATE\n  seats SET taken = true'), true],
  ['UPDATE seats', sql('with free as (select 1) update seats set taken = true'), true],
  ['UPDATE seats', sql('UPDATE "Seats" SET taken = true'), false],
  ['UPDATE seat', sql('update seats set taken = true'), false],
  ['UPDATE seats', sql('select * from seats -- UPDATE seats'), false],
  ['insert into orders', sql('insert into orders(id) values ($1)'), true],
  ['select * from t where id = 7', sql('select * from t where id = $1 limit 1'), true],
  ['UPDATE', sql('with a as (select 1) update t set b = 1'), true],
  ['SELECT', sql('with a as (select 1) update t set b = 1'), false],
  ['COMMIT', sql('commit;'), true],
  ['COMMIT', sql('COMMIT AND CHAIN'), true],
  ['ROLLBACK', sql('rollback to savepoint a'), true],
  ['COMMIT', redis('EXEC'), false],
  [{ sql: 'SET' }, sql("set app.user = '7'"), true],
  [{ sql: /^update seats/i }, sql('  UPDATE seats SET taken = true'), true],
  [{ sql: /^update seats/i }, sql('-- who\nUPDATE seats SET taken = true'), true],
  [{ sql: /^update seats set taken = \?$/ }, sql('UPDATE seats\nSET taken = $1'), true],
  [{ sql: /^update seats/ }, sql('select 1'), false],
  [{ sql: /seats/g }, sql('update seats'), true],
  ['GET', redis('get user:1', ['user:1']), true],
  ['GET user:*', redis('GET user:1', ['user:1']), true],
  ['GET user:*', redis('GET cart:1', ['cart:1']), false],
  ['GET user:*', redis('GETEX user:1', ['user:1']), false],
  ['MGET user:*', redis('MGET cart:1 user:1', ['cart:1', 'user:1']), true],
  ['* user:*', redis('DEL user:1', ['user:1']), true],
  ['GET *', redis('GET a', ['a']), true],
  ['SET cart:?', redis('SET cart:7 x', ['cart:7']), true],
  ['SET cart:?', redis('SET cart:77 x', ['cart:77']), false],
  ['GET h[ae]llo', redis('GET hallo', ['hallo']), true],
  ['GET h[^e]llo', redis('GET hello', ['hello']), false],
  ['GET h[c-a]llo', redis('GET hbllo', ['hbllo']), true],
  [String.raw`GET a\*b`, redis('GET a*b', ['a*b']), true],
  [String.raw`GET a\*b`, redis('GET axb', ['axb']), false],
  ['GET a.b', redis('GET axb', ['axb']), false],
  ['GET *', redis('GET a\nb', ['a\nb']), true],
  ['CLIENT KILL', redis('client kill id 7'), true],
  ['CLIENT KILL', redis('CLIENT LIST'), false],
  ['XGROUP CREATE jobs:*', redis('XGROUP CREATE jobs:1 g $', ['jobs:1']), true],
  ['JSON.GET doc:*', redis('JSON.GET doc:1', ['doc:1']), true],
  ['PUBLISH news:*', redis('PUBLISH news:1 hello'), true],
  ['PUBLISH news:*', redis('PUBLISH other news:1'), false],
  ['SUBSCRIBE news:*', redis('SUBSCRIBE other news:1'), true],
  ['MULTI', redis('MULTI'), true],
  ['DISCARD', redis('DISCARD'), true],
  ['DISCARD ALL', sql('discard all'), true],
  ['SELECT', redis('SELECT 3'), false],
  [{ redis: 'SELECT' }, redis('SELECT 3'), true],
  [{ redis: 'SET', key: /^cart:/ }, redis('SET cart:1 x', ['cart:1']), true],
  [{ redis: 'SET', key: /^cart:/ }, redis('SET user:1 x', ['user:1']), false],
  [{ redis: 'SET', key: 'cart:*' }, redis('SET cart:1 x', ['cart:1']), true],
  [{ key: 'cart:*' }, redis('TTL cart:1', ['cart:1']), true],
  [{ redis: 'NEWCMD' }, redis('newcmd'), true],
  [(subject) => subject.connection === 1, sql('select 1'), true],
  [(subject) => subject.connection === 2, sql('select 1'), false],
])('%j on %j: %j', (match, subject, expected) => {
  expect(matcherOf(match)(subject)).toBe(expected)
})

test('a match crosses threads as plain data', () => {
  for (const match of ['UPDATE seats', 'COMMIT', 'GET user:*', { sql: /^update/i }, { redis: 'SET', key: /^cart:/ }] satisfies Match[]) {
    const spec = parseMatch(match)
    const copy = structuredClone(spec)
    expect(copy).toEqual(spec)
    if ('predicate' in copy) throw new Error('no predicate was given')
    expect(matches(copy, sql('select 1'))).toBe(false)
  }
  expect(
    parseMatch(function isSlow() {
      return true
    }),
  ).toEqual({ text: 'the predicate isSlow', predicate: true })
})

test('only what is asked for is read', () => {
  const subject: MatchSubject = {
    store: 'redis',
    connection: 1,
    args: ['GET', 'a'],
    get keys(): readonly string[] {
      throw new Error('nobody asked')
    },
  }
  expect(matcherOf('GET')(subject)).toBe(true)
  expect(matcherOf('SET a')(subject)).toBe(false)
  expect(matcherOf({ sql: /x/ })(subject)).toBe(false)
  expect(() => matcherOf('GET a')(subject)).toThrow('nobody asked')
})

test.each<[Match, string]>([
  ['UPDATE seats', 'UPDATE seats'],
  [{ sql: /^update/i }, 'sql /^update/i'],
  [{ redis: 'set', key: /^cart:/ }, 'SET with key /^cart:/'],
  [{ key: 'cart:*' }, "any command with key 'cart:*'"],
  [() => true, 'the predicate'],
])('%j is described as %j', (match, text) => {
  expect(describeMatch(match)).toBe(text)
})

const ACCEPTED =
  "a text such as 'GET user:*', 'UPDATE seats' or 'POST /charges', { sql: /^update seats/i }, { redis: 'SET', key: /^cart:/ }, or a predicate"

test.each<[unknown, string]>([
  ['', `Option 'match' must be ${ACCEPTED}, but is "". [ERR_HOTBED_OPTION]`],
  [7, `Option 'match' must be ${ACCEPTED}, but is 7. [ERR_HOTBED_OPTION]`],
  [null, `Option 'match' must be ${ACCEPTED}, but is null. [ERR_HOTBED_OPTION]`],
  [{}, `Option 'match' must be ${ACCEPTED}, but is an object. [ERR_HOTBED_OPTION]`],
  [
    /^update/,
    "Option 'match' is the bare /^update/, which does not say of what. [ERR_HOTBED_OPTION]\n  → Write { sql: /^update/ } for statements, or { key: /^update/ } for Redis.",
  ],
  [
    'GTE user:*',
    "Option 'match' is 'GTE user:*', and 'GTE' begins neither an SQL statement nor a Redis command. [ERR_HOTBED_OPTION]\n  → Did you mean 'GET user:*'",
  ],
  ['UPDTAE seats', "→ Did you mean 'UPDATE seats'?"],
  ['frobnicate', `→ Accepted: ${ACCEPTED}. A command that is not known is written { redis: 'FROBNICATE' }.`],
  [
    'MGET a b',
    "Option 'match' is 'MGET a b', and a Redis command is followed by one glob for its keys. [ERR_HOTBED_OPTION]\n  → A key with a blank in it is written { redis: 'MGET', key: 'a b' }.",
  ],
  ['*', "The match '*' is met by every Redis command, so it tells nothing apart. [ERR_HOTBED_OPTION]\n  → Name what you mean"],
  ['* *', "The match '* *' is met by every Redis command"],
  [{ sql: /./s }, 'The match { sql: /./s } is met by every statement'],
  [{ sql: /.*/ }, 'The match { sql: /.*/ } is met by every statement'],
  [{ key: '*' }, "The match { key: '*' } is met by every Redis command with a key"],
  [{ redis: '*' }, "The match { redis: '*' } is met by every Redis command"],
  [{ sql: 7 }, "Option 'sql' must be the first words of a statement, or a regular expression, but is 7."],
  [{ sql: ' ' }, 'Option \'sql\' must be the first words of a statement, or a regular expression, but is "".'],
  [{ redis: /GET/ }, "Option 'redis' must be a command's name, such as 'SET' or 'CLIENT KILL', but is an object."],
  [{ redis: 'GET', key: 7 }, "Option 'key' must be a glob such as 'cart:*', or a regular expression, but is 7."],
  [{ redis: 'GET', keys: 'a' }, "match has no option 'keys'. [ERR_HOTBED_OPTION]\n  → Did you mean 'key'?"],
  [{ sql: /a/, key: 'b' }, "match with 'sql' has no option 'key'."],
])('the match %j is refused', (match, message) => {
  expect(() => parseMatch(match as Match)).toThrow(message)
})
