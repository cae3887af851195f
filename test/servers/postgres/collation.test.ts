import { expect, test } from 'vitest'
import type { BinaryFacts } from '../../../src/servers/postgres/binary-check.js'
import { chooseCollation } from '../../../src/servers/postgres/collation.js'
import { makeCache } from './place.js'

/** A language of which no system has a locale. */
const FOREIGN = 'tlh_AQ'

function facts(major: number, icu: string | undefined): BinaryFacts {
  return { version: { text: `${major}.1`, major, minor: 1 }, banner: '', icu, libc: '', libraries: undefined }
}

test('a locale that the system lacks comes from ICU, from 15 on', async () => {
  const { description, initdbArguments } = await chooseCollation(FOREIGN, facts(15, '72'), makeCache())
  expect(description).toMatch(/^icu tlh-AQ, ctype C(\.UTF-8)?$/)
  expect(initdbArguments).toEqual(expect.arrayContaining(['--locale-provider=icu', '--icu-locale=tlh-AQ', '--text-search-config=simple']))
})

test.each([
  ['before 15', facts(14, '72')],
  ['without ICU', facts(17, undefined)],
])('a locale that the system lacks becomes C.UTF-8 %s, and says so', async (_, binaries) => {
  const { description, initdbArguments } = await chooseCollation(FOREIGN, binaries, makeCache())
  expect(description).toMatch(/^libc C(\.UTF-8)? \(no tlh_AQ\.UTF-8 on this system\)$/)
  expect(initdbArguments.join(' ')).not.toContain('icu')
})

test('C is C everywhere', async () => {
  for (const name of ['C', 'POSIX']) {
    expect(await chooseCollation(name, facts(14, undefined), makeCache())).toEqual({ description: 'C', initdbArguments: ['--locale=C'] })
  }
})

test('C.UTF-8 is not taken for C, which uses other indexes', async () => {
  const chosen = await chooseCollation('C.UTF-8', facts(18, '60'), makeCache()).catch((error: unknown) => String(error))
  expect(typeof chosen === 'string' ? chosen : chosen.description).toMatch(/^libc C\.UTF-8$|this system has no C\.UTF-8/)
})

test('the encoding in a name changes nothing', async () => {
  const cache = makeCache()
  expect(await chooseCollation('en_US.UTF-8', facts(18, '60'), cache)).toEqual(await chooseCollation(undefined, facts(18, '60'), cache))
})
