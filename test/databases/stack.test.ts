import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkStack, type StackDefinition } from '../../src/databases/stack.js'
import { makeFolder } from './place.js'

/** Whatever a user without types may write. */
function refusal(stack: unknown): string {
  try {
    checkStack(stack as StackDefinition)
    return 'accepted'
  } catch (error) {
    // Another code stays in the text.
    return (error as Error).message.replaceAll(' [ERR_HOTBED_OPTION]', '')
  }
}

test('a whole stack is accepted', () => {
  const migrations = makeFolder({ '1.sql': '' })
  const stack: StackDefinition = {
    postgres: {
      provider: 'embedded',
      version: 18,
      settings: { work_mem: '4MB', jit: false, random_page_cost: 1.1 },
      locale: 'de_DE@euro',
      database: 'it\'s "a" name',
      extensions: ['pg_trgm'],
      migrations: [migrations, join(migrations, '1.sql'), { run: () => {}, inputs: [] }],
      seed: { command: 'true', cwd: migrations, env: { A: '1' }, urlVariable: 'URL', timeoutMs: 1000, inputs: ['**'] },
    },
    redis: { maxmemory: '64mb', policy: 'allkeys-lru', config: { databases: 4 }, modules: [] },
  }
  expect(() => checkStack(stack)).not.toThrow()
  expect(() => checkStack({ postgres: {} })).not.toThrow()
  expect(() => checkStack({ redis: {} })).not.toThrow()
})

test.each<[unknown, string]>([
  [undefined, "Option 'The stack' must be an object such as { postgres: {}, redis: {} }, but is undefined."],
  [{}, "Option 'The stack' must be a stack with postgres, redis or both, but is an object."],
  [{ postgress: {} }, "The stack has no option 'postgress'.\n  → Did you mean 'postgres'?"],
  [{ postgres: true }, "Option 'postgres' must be an object with options, such as {}, but is true."],
  [{ redis: [] }, "Option 'redis' must be an object with options, such as {}, but is an array of 0."],
  [{ postgres: { migration: 'x' } }, "postgres has no option 'migration'.\n  → Did you mean 'migrations'?"],
  [
    { redis: { maxmem: 1 } },
    "redis has no option 'maxmem'.\n  → Known options: provider, image, binary, maxmemory, policy, config, modules, dataset.",
  ],
  [
    { postgres: { provider: 'docker' } },
    `Option 'postgres.provider' must be 'embedded', 'system', 'container' or { url: '…' }, but is "docker".`,
  ],
  [
    { redis: { provider: 'docker' } },
    `Option 'redis.provider' must be 'embedded', 'system', 'container' or { url: '…' }, but is "docker".`,
  ],
  [{ postgres: { image: 'postgres 17' } }, `Option 'postgres.image' must be an image such as 'postgres:17', but is "postgres 17".`],
  [{ redis: { image: '' } }, `Option 'redis.image' must be an image such as 'valkey/valkey:8', but is "".`],
  [
    { postgres: { provider: 'system', image: 'postgres:17' } },
    "Option 'postgres.image' is for a container, and postgres.provider is 'system'.\n  → Leave one of them out, or use provider: 'container'.",
  ],
  [
    { postgres: { provider: 'container', binaries: '/usr/bin' } },
    "Option 'postgres.binaries' is for a server that is started on this system, and postgres.provider asks for a container.\n  → Leave 'binaries' out, or use provider: 'system'.",
  ],
  [
    { postgres: { image: 'postgres:17', clock: 'movable' } },
    "Option 'postgres.clock' is for a server that is started on this system, and postgres.image asks for a container.\n  → Use provider: 'embedded' or 'system' for the tests whose clock moves.",
  ],
  [
    { redis: { image: 'redis:8', binary: '/usr/bin/redis-server' } },
    "Option 'redis.binary' is for a server that is started on this system, and redis.image asks for a container.\n  → Leave 'binary' out, or use provider: 'system'.",
  ],
  [{ postgres: { version: 12 } }, "Option 'postgres.version' must be a major version from 13 on, such as 17, but is 12."],
  [{ postgres: { version: '17' } }, `Option 'postgres.version' must be a major version from 13 on, such as 17, but is "17".`],
  [{ postgres: { locale: '../x' } }, `Option 'postgres.locale' must be a locale such as 'en_US', 'de_DE' or 'C', but is "../x".`],
  [
    { postgres: { database: '' } },
    `Option 'postgres.database' must be a name of 1 to 50 bytes without NUL, '?' and '#', which URLs cannot carry to every client, but is "".`,
  ],
  [
    { postgres: { database: 'ü'.repeat(26) } },
    `Option 'postgres.database' must be a name of 1 to 50 bytes without NUL, '?' and '#', which URLs cannot carry to every client, but is "${'ü'.repeat(26)}".`,
  ],
  [
    { postgres: { database: 'what?' } },
    `Option 'postgres.database' must be a name of 1 to 50 bytes without NUL, '?' and '#', which URLs cannot carry to every client, but is "what?".`,
  ],
  [
    { postgres: { database: 7 } },
    "Option 'postgres.database' must be a name of 1 to 50 bytes without NUL, '?' and '#', which URLs cannot carry to every client, but is 7.",
  ],
  [{ postgres: { settings: { work_mem: null } } }, "Option 'postgres.settings.work_mem' must be a string, number or boolean, but is null."],
  [{ postgres: { settings: 'x' } }, `Option 'postgres.settings' must be an object with options, such as {}, but is "x".`],
  [{ redis: { config: { a: {} } } }, "Option 'redis.config.a' must be a string, number or boolean, but is an object."],
  [{ postgres: { extensions: 'pg_trgm' } }, `Option 'postgres.extensions' must be a list of names, but is "pg_trgm".`],
  [{ redis: { modules: [''] } }, "Option 'redis.modules' must be a list of names, but is an array of 1."],
  [
    { postgres: { migrations: 7 } },
    "Option 'postgres.migrations' must be a path, { run } with a function, or { command } with a command line, but is 7.",
  ],
  [{ postgres: { seed: { run: 'x' } } }, `Option 'postgres.seed.run' must be a function, but is "x".`],
  [{ postgres: { seed: { comand: 'x' } } }, "postgres.seed has no option 'comand'.\n  → Known options: run, cwd, inputs."],
  [{ postgres: { seed: { command: ' ' } } }, `Option 'postgres.seed.command' must be a command line, but is " ".`],
  [{ postgres: { seed: { command: 'x', timeout: 1 } } }, "postgres.seed has no option 'timeout'.\n  → Did you mean 'timeoutMs'?"],
  [
    { postgres: { seed: { command: 'x', timeoutMs: -1 } } },
    "Option 'postgres.seed.timeoutMs' must be a number of milliseconds, but is -1.",
  ],
  [{ postgres: { seed: { command: 'x', cwd: '' } } }, `Option 'postgres.seed.cwd' must be a text that is not empty, but is "".`],
  [
    { postgres: { seed: { command: 'x', urlVariable: '' } } },
    `Option 'postgres.seed.urlVariable' must be a text that is not empty, but is "".`,
  ],
  [
    { postgres: { seed: { command: 'x', inputs: 'prisma/**' } } },
    `Option 'postgres.seed.inputs' must be a list of globs such as ['prisma/**'], but is "prisma/**".`,
  ],
  [
    { postgres: { seed: { run: () => {}, inputs: [7] } } },
    "Option 'postgres.seed.inputs' must be a list of globs such as ['prisma/**'], but is an array of 1.",
  ],
])('%o is refused', (stack, message) => {
  expect(refusal(stack)).toBe(message)
})
