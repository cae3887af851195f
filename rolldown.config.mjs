// The side of hotbed/vitest that every test file imports, as few files instead of some forty: opening them is what the import costs.
// Runs after tsc, on what it wrote (decisions/0014-bundled-workers.md).
import { defineConfig } from 'rolldown'

/** The one small package that is needed for messages costs 2 ms as a package of its own. */
const ANOTHER_PACKAGE = /^(?!leven$)[^./]/
/** Stays a file of its own, so that an error is the same class whichever entry of the package it came from. */
const SHARED_CLASS = /[/]primitives[/]error\.js$/
/** Loaded by the few test files that start servers themselves, or hand out a client: as tsc wrote them. */
const WHOLE_RUN = /[/](start|rollback)-suite\.js$/

const worker = defineConfig({
  input: { index: 'dist/vitest/index.js', 'setup-file': 'dist/vitest/setup-file.js' },
  platform: 'node',
  external: [ANOTHER_PACKAGE, SHARED_CLASS, WHOLE_RUN],
  output: {
    dir: 'dist/vitest',
    chunkFileNames: 'worker/[name].js',
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  },
})

/** The tap's thread, which starts while the servers do, on the same cores. */
const tap = defineConfig({
  input: { main: 'dist/wire/thread/main.js' },
  platform: 'node',
  external: [ANOTHER_PACKAGE],
  output: { dir: 'dist/wire/thread', codeSplitting: false },
})

export default [worker, tap]
