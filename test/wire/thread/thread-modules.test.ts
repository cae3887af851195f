import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DIST } from '../../primitives/child.js'

const STATIC_IMPORT = /^(?:import|export)\s(?:[^'"();]*\sfrom\s)?\s*['"]([^'"]+)['"]/gm

/** What is loaded with a built module, itself included: URLs of files, names of packages. */
function loadedWith(url: URL, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(url.href)) return found
  found.add(url.href)
  for (const [, name = ''] of readFileSync(url, 'utf8').matchAll(STATIC_IMPORT)) {
    if (name.startsWith('.')) loadedWith(new URL(name, url), found)
    else found.add(name)
  }
  return found
}

test("the tap's thread starts with one file and no package: it starts while the servers do, on the same cores", () => {
  const main = new URL('wire/thread/main.js', DIST)

  const loaded = [...loadedWith(main)].filter((name) => !name.startsWith('node:'))

  expect(loaded).toEqual([main.href])
  // Histograms come with the first load that is measured.
  expect(readFileSync(main, 'utf8')).toMatch(/import\("\.\/shared\/latency-histogram\.js"\)/)
})
