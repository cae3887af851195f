import { expect, test } from 'vitest'
import { outageAnswer, refusesCommand, type OutageMode } from '../../src/wire/outage.js'
import type { CommandEntry, CommandTable } from '../../src/wire/redis/command-table.js'

const entry = (...flags: readonly string[]): CommandEntry => ({ flags, first: 0, last: 0, step: 0, keySpecs: [] })
const TABLE: CommandTable = new Map([
  ['GET', entry('readonly', 'fast')],
  ['SET', entry('write', 'denyoom')],
  ['DEL', entry('write')],
  ['HELLO', entry('loading')],
  ['CLIENT|SETINFO', entry('loading')],
  ['EVAL', entry('noscript')],
  ['EVAL_RO', entry('readonly')],
])

test.each([
  ['loading', ['GET', 'SET', 'DEL', 'EVAL', 'EVAL_RO', 'NEW']],
  ['readonly', ['SET', 'DEL', 'EVAL']],
  ['oom', ['SET']],
] satisfies readonly (readonly [OutageMode, readonly string[]])[])('%s refuses what a server with these flags does', (mode, refused) => {
  const commands = ['get a', 'set a 1', 'del a', 'hello 3', 'client setinfo lib-name x', 'eval s 0', 'eval_ro s 0', 'new'].map((text) =>
    text.split(' '),
  )
  expect(commands.filter((args) => refusesCommand(mode, TABLE, args)).map(([name = '']) => name.toUpperCase())).toEqual(refused)
})

test('what Redis says, it says in its own words; who hangs or resets says nothing', () => {
  expect(outageAnswer('oom')).toEqual({ error: { code: 'OOM', message: "command not allowed when used memory > 'maxmemory'." } })
  expect(outageAnswer('hang')).toBeUndefined()
})
