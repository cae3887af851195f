import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeBind, writeClose, writeExecute, writeParse, writeSync } from '../../../src/wire/postgres/write-message.js'
import { message, openRawSession } from './raw-session.js'
import { startTapped, type TappedDatabase } from './tapped.js'

const run = startTapped()
let viaTap: TappedDatabase
let direct: TappedDatabase

const SCHEMA = `
  CREATE TABLE parent (id int PRIMARY KEY);
  CREATE TABLE child (id int, parent int REFERENCES parent, v text);
  INSERT INTO parent SELECT generate_series(1, 9);
  INSERT INTO child SELECT g, g, 'v' || g FROM generate_series(1, 9) g;
  CREATE FUNCTION count_to(i int) RETURNS bigint LANGUAGE plpgsql AS
    $$ DECLARE r bigint; BEGIN RAISE NOTICE 'counting'; SELECT count(*) INTO r FROM child WHERE id <= i; RETURN r; END $$;`

beforeAll(async () => {
  ;[viaTap, direct] = await Promise.all([run.open(), run.open()])
  for (const database of [viaTap, direct]) for (const statement of SCHEMA.split(/;\s*\n/)) await database.query(statement)
})
afterAll(run.close)

const SIMPLE = [
  'SELECT 1',
  'SELECT 1; SELECT 2; SELECT 3',
  'BEGIN',
  'BEGIN; INSERT INTO child VALUES (1, 1); COMMIT',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT s',
  'ROLLBACK TO s',
  'SELECT 1/0',
  'SELECT 1; SELECT 1/0; SELECT 2',
  'SELEC',
  '',
  ' ; ;',
  'DECLARE c CURSOR FOR SELECT * FROM child ORDER BY id, parent, v',
  'DECLARE h CURSOR WITH HOLD FOR SELECT * FROM child ORDER BY id, parent, v',
  'FETCH 2 FROM c',
  'FETCH 1 FROM h',
  'CLOSE c',
  'CLOSE ALL',
  'COPY (SELECT id FROM child ORDER BY id, parent, v LIMIT 3) TO STDOUT',
  'INSERT INTO child SELECT g, g FROM generate_series(1, 5) g',
  'INSERT INTO child VALUES (1, 99)',
  'SELECT count_to(3)',
  'RESET ALL',
  'DISCARD ALL',
  'DEALLOCATE ALL',
  'PREPARE q AS SELECT * FROM parent WHERE id = $1',
  'EXECUTE q(3)',
  "SET client_min_messages = 'error'",
  "SET client_min_messages = 'debug1'",
  "SET application_name = 'a'",
  'LISTEN l',
  "NOTIFY l, 'hello'",
]
const EXTENDED = [
  'SELECT 7',
  'SELECT id, v FROM child ORDER BY id, parent, v LIMIT 4',
  'SELECT count_to(4)',
  'UPDATE child SET v = v WHERE id = 2',
  'INSERT INTO child VALUES (3, 3, NULL) RETURNING id',
  'INSERT INTO child VALUES (3, 77)',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT s',
  'ROLLBACK TO s',
  'SELECT 1/0',
  'SELEC',
  '',
  'COPY (SELECT id FROM child ORDER BY id, parent, v LIMIT 3) TO STDOUT',
]

/** mulberry32 */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** What one client sends without waiting for a reply. */
function group(random: (below: number) => number): Buffer[] {
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? ''
  const copyEnd = random(4) === 0 ? message('f', 'no\0') : message('c', '')
  const rows = [message('d', '11\t1\tx\n'), message('d', random(4) === 0 ? 'x\n' : '12\t2\ty\n')]
  switch (random(8)) {
    case 0:
      return [message('Q', 'COPY child FROM STDIN\0'), ...rows, copyEnd]
    case 1:
      // The Sync that follows COPY's Execute at once is ignored while data is read.
      return [
        writeParse('', 'COPY child FROM STDIN'),
        writeBind({ portal: '', statement: '', values: [] }),
        writeExecute(''),
        writeSync(),
        ...rows,
        copyEnd,
        writeSync(),
      ]
    case 2:
    case 3:
    case 4:
      return [message('Q', `${pick(SIMPLE)}\0`)]
    default: {
      const messages: Buffer[] = []
      for (let left = 1 + random(4); left > 0; left -= 1) {
        const name = pick(['', '', 'a', 'b'])
        const portal = pick(['', '', 'p'])
        if (name !== '') messages.push(writeClose('statement', name))
        messages.push(writeParse(name, pick(EXTENDED)))
        if (random(3) === 0) messages.push(message('D', `S${name}\0`))
        if (random(6) === 0) continue
        if (portal !== '') messages.push(writeClose('portal', portal))
        messages.push(writeBind({ portal, statement: name, values: [] }))
        if (random(2) === 0) messages.push(message('D', `P${portal}\0`))
        if (random(3) === 0) messages.push(message('H', ''))
        const fetches = random(3)
        for (let fetch = 0; fetch < fetches; fetch += 1) messages.push(message('E', Buffer.from(`${portal}\0\0\0\0\x02`)))
        const isWhole = fetches === 0 || random(2) === 0
        if (isWhole) messages.push(writeExecute(portal))
        if (!isWhole && random(2) === 0) messages.push(writeClose('portal', portal))
        if (random(3) === 0) messages.push(writeSync())
      }
      return [...messages, writeSync()]
    }
  }
}

/** Cut anywhere, as a network may. */
function chunks(bytes: Buffer, random: (below: number) => number): Buffer[] {
  const cut: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random(random(3) === 0 ? 8 : bytes.length)
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  'a client gets the same bytes through the tap as from the server (seed %i)',
  { timeout: 10_000 },
  async (seed) => {
    const random = createRandom(seed)
    const tapped = await openRawSession(viaTap.url)
    const plain = await openRawSession(direct.directUrl)
    for (let round = 0; round < 12; round += 1) {
      const said: Buffer[] = Array.from({ length: 1 + random(6) }, () => group(random)).flat()
      const keeps = random(2) === 0
      const all = Buffer.concat(said)
      const speak = async (): Promise<void> => {
        for (const bytes of chunks(all, random)) await tapped.write(bytes)
      }
      await plain.write(all)
      const expected = await plain.readToMark(keeps)
      let got: readonly string[] = []
      if (random(2) === 0) {
        await viaTap.recordTraffic(async () => {
          await speak()
          got = await tapped.readToMark(keeps)
        })
      } else {
        await speak()
        got = await tapped.readToMark(keeps)
      }
      expect(got, `round ${round}: ${all.toString('latin1')}`).toEqual(expected)
    }
    tapped.end()
    plain.end()
  },
)
