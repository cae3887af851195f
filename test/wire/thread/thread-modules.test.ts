import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DIST } from '../../primitives/child.js'

const STATIC_IMPORT = /^(?:import|export)\s(?:[^'"();]*\sfrom\s)?\s*['"]([^'"]+)['"]/gm

test("the tap's thread starts with one file and no package: it starts while the servers do, on the same cores", () => {
  const main = readFileSync(new URL('wire/thread/main.js', DIST), 'utf8')

  const imported = [...main.matchAll(STATIC_IMPORT)].map(([, name]) => name)

  expect(imported).toContain('node:net')
  expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([])
  // Histograms come with the first load that is measured.
  expect(main).toMatch(/import\("\.\/shared\/latency-histogram\.js"\)/)
})
