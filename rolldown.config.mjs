// The side of hotbed/vitest that every test file imports, as few files instead of some hundred: opening them is what the import costs.
// Runs after tsc, on what it wrote (decisions/0014-bundled-workers.md).
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { defineConfig } from 'rolldown'

/** The one small package that is needed for messages costs 2 ms as a package of its own. */
const ANOTHER_PACKAGE = /^(?!leven$)[^./]/
/** Stays a file of its own, so that an error is the same class whichever entry of the package it came from. */
const SHARED_CLASS = /[/]primitives[/]error\.js$/
/** Loaded by the few test files that start servers themselves, or hand out a client: as tsc wrote them. */
const WHOLE_RUN = /[/](start|rollback)-suite\.js$/

const STATIC_IMPORT = /^(?:import|export)\s(?:[^'"();]*\sfrom\s)?\s*['"](\.[^'"]+)['"]/gm

/** The module, and all that is loaded with it. */
function loadedWith(module, found = new Set()) {
  if (found.has(module) || !existsSync(module)) return found
  found.add(module)
  for (const [, path] of readFileSync(module, 'utf8').matchAll(STATIC_IMPORT)) loadedWith(resolve(dirname(module), path), found)
  return found
}

/**
 * What vitest loads before every test file, what a test file loads that imports hotbed/vitest, and what its first expectation loads: one file each.
 * What is loaded later is not in them.
 */
const withSetup = loadedWith(resolve('dist/vitest/setup-file.js'))
const withIndex = loadedWith(resolve('dist/vitest/index.js'))
const withMatchers = loadedWith(resolve('dist/vitest/all-matchers.js'))

const worker = defineConfig({
  input: { index: 'dist/vitest/index.js', 'setup-file': 'dist/vitest/setup-file.js', 'worker/all-matchers': 'dist/vitest/all-matchers.js' },
  platform: 'node',
  external: [ANOTHER_PACKAGE, SHARED_CLASS, WHOLE_RUN],
  output: {
    dir: 'dist/vitest',
    chunkFileNames: 'worker/[name].js',
    comments: false,
    codeSplitting: {
      groups: [
        { name: 'setup', test: (id) => withSetup.has(id) && !id.endsWith('/setup-file.js'), priority: 3 },
        { name: 'expect', test: (id) => withIndex.has(id) && !id.endsWith('/vitest/index.js'), priority: 2 },
        { name: 'matchers', test: (id) => withMatchers.has(id) && !id.endsWith('/vitest/all-matchers.js'), priority: 1 },
      ],
    },
  },
})

/** These look for a file beside them. */
const BESIDE_A_FILE = /[/](seed[/]row-thread|cli[/]version)\.js$/

/** Everything else that programs import: the main process of a runner, the CLI, and tests that start their suites themselves. */
const main = defineConfig({
  input: Object.fromEntries(
    ['index', 'start-suite', 'rollback-suite', 'seed/index', 'matchers/index', 'vitest/plugin', 'vitest/global-setup', 'cli/main'].map(
      (entry) => [entry, `dist/${entry}.js`],
    ),
  ),
  platform: 'node',
  external: [/^[^./]/, SHARED_CLASS, BESIDE_A_FILE],
  output: { dir: 'dist', chunkFileNames: 'shared/[name].js', comments: false },
})

/** The tap's thread, which starts while the servers do, on the same cores: one file, and beside it what the thread loads later. */
const tap = defineConfig({
  input: { main: 'dist/wire/thread/main.js' },
  platform: 'node',
  external: [ANOTHER_PACKAGE],
  output: { dir: 'dist/wire/thread', chunkFileNames: 'shared/[name].js', comments: false },
})

// The worker's side is made from what tsc wrote of start-suite.js and the like, so before those are rewritten.
export default [worker, tap, main]
