import { describe, expect, test } from 'vitest'
import { createScriptTexts } from '../../../../src/wire/redis/clock/script-texts.js'
import { encodeRequest } from '../../../../src/wire/redis/clock/request-editor.js'
import { translateRequest } from '../../../../src/wire/redis/clock/translate-request.js'
import { readArguments } from '../../../../src/wire/redis/arguments.js'

/** What the server gets instead of a command, in words. */
function sent(line: string, offsetMs = 300_000, cuts: readonly number[] = []): string {
  const args = line.split(' ')
  const bytes = encodeRequest(args)
  const isWhole = cuts.length === 0
  const request = { kind: 'command' as const, name: () => args[0]?.toUpperCase() ?? '', args: () => args, isWhole }
  const edit = translateRequest(request, offsetMs, createScriptTexts())?.edit
  const ends = [...cuts, bytes.length]
  const pieces = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end))
  const edited = pieces.map((piece, at) => edit?.(piece, at === pieces.length - 1) ?? piece)
  return readArguments('command', Buffer.concat(edited)).join(' ')
}

describe('commands of Redis 7.4 to 8.4, as their references have them', () => {
  test.each([
    ['HEXPIREAT h 1700000300 NX FIELDS 2 a b', 'HEXPIREAT h 1700000000 NX FIELDS 2 a b'],
    ['HPEXPIREAT h 1700000300000 FIELDS 1 a', 'HPEXPIREAT h 1700000000000 FIELDS 1 a'],
    ['HGETEX h PXAT 1700000300000 FIELDS 2 EXAT PXAT', 'HGETEX h PXAT 1700000000000 FIELDS 2 EXAT PXAT'],
    ['HGETEX h FIELDS 2 EXAT 5 EXAT 1700000300', 'HGETEX h FIELDS 2 EXAT 5 EXAT 1700000000'],
    ['HSETEX h FNX EXAT 1700000300 FIELDS 1 PXAT 1700000300000', 'HSETEX h FNX EXAT 1700000000 FIELDS 1 PXAT 1700000300000'],
    ['MSETEX 2 EXAT 1700000300 PXAT 7 NX PXAT 1700000300000', 'MSETEX 2 EXAT 1700000300 PXAT 7 NX PXAT 1700000000000'],
    ['SET k v IFEQ EXAT EXAT 1700000300', 'SET k v IFEQ EXAT EXAT 1700000000'],
    ['SET EXAT PXAT EX 1700000300', 'SET EXAT PXAT EX 1700000300'],
    ['SET k v EX 1700000300', 'SET k v EX 1700000300'],
    ['RESTORE k 1700000300000 dump REPLACE ABSTTL', 'RESTORE k 1700000000000 dump REPLACE ABSTTL'],
    ['RESTORE k 1700000300000 ABSTTL REPLACE', 'RESTORE k 1700000300000 ABSTTL REPLACE'],
    ['RESTORE k 0 dump ABSTTL', 'RESTORE k 0 dump ABSTTL'],
    ['XCLAIM s TIME TIME 5 1-0 2-0 IDLE 7 TIME 1700000300000', 'XCLAIM s TIME TIME 5 1-0 2-0 IDLE 7 TIME 1700000000000'],
    ['EXPIREAT k', 'EXPIREAT k'],
    ['SET k v EXAT', 'SET k v EXAT'],
    ['GET k', 'GET k'],
  ])('%s', (line, expected) => {
    expect(sent(line)).toBe(expected)
  })
})

describe('of an offset that is no whole number of seconds nothing is rounded', () => {
  test.each([
    ['EXPIREAT k 1700000300 GT', 'PEXPIREAT k 1700000000001 GT'],
    ['HEXPIREAT h 1700000300 FIELDS 1 a', 'HPEXPIREAT h 1700000000001 FIELDS 1 a'],
    ['SET k v EXAT 1700000300', 'SET k v PXAT 1700000000001'],
    ['EXPIRETIME k', 'PEXPIRETIME k'],
    ['HEXPIRETIME h FIELDS 1 a', 'HPEXPIRETIME h FIELDS 1 a'],
    // Too large for Redis in seconds, and so in milliseconds.
    ['EXPIREAT k 9223372036854775807', 'PEXPIREAT k 9223372036854775808'],
    ['EXPIREAT k soon', 'PEXPIREAT k soon'],
  ])('%s', (line, expected) => {
    expect(sent(line, 299_999)).toBe(expected)
  })
})

test('a moment before that of the offset is one of the past, not an error', () => {
  expect([sent('SET k v EXAT 5'), sent('EXPIREAT k 0'), sent('PEXPIREAT k -5')]).toEqual([
    'SET k v EXAT 1',
    'EXPIREAT k 0',
    'PEXPIREAT k -5',
  ])
})

test('a request in pieces is the same, wherever it is cut', () => {
  const value = 'x'.repeat(100)
  for (const line of [
    `SET k ${value} NX PXAT 1700000300000`,
    `RESTORE k 1700000300000 ${value} ABSTTL`,
    `GETEX ${value} EXAT 1700000300`,
  ]) {
    const whole = sent(line)
    for (let cut = 20; cut < line.length; cut += 1) expect(sent(line, 300_000, [cut, cut + 7])).toBe(whole)
  }
})
