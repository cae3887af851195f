import { describe, expect, test } from 'vitest'
import { hotbed, type HotbedOptions } from '../../src/vitest/plugin.js'

describe('hotbed() refuses, before anything is started,', () => {
  test.each<[string, object | undefined, string]>([
    ['no options', undefined, "Option 'hotbed()' must be an object such as { postgres: {}, redis: {} }, but is undefined."],
    ['a stack without a store', {}, "Option 'hotbed()' must be a stack with postgres, redis or both"],
    [
      'an unknown option',
      { postgres: {}, isolatoin: 'clone' },
      "hotbed() has no option 'isolatoin'. [ERR_HOTBED_OPTION]\n  → Did you mean 'isolation'?",
    ],
    [
      'an unknown option of a store',
      { postgres: { migration: './x' } },
      "postgres has no option 'migration'. [ERR_HOTBED_OPTION]\n  → Did you mean 'migrations'?",
    ],
    [
      'an unknown isolation',
      { redis: {}, isolation: 'none' },
      "Option 'isolation' must be 'clone', 'server' or 'rollback', but is \"none\".",
    ],
    [
      'a clock that would move for all suites',
      { postgres: { clock: 'movable' } },
      "postgres.clock 'movable' moves now() of the whole server, which isolation 'clone' shares with other suites.",
    ],
    [
      "isolation 'rollback' without Postgres",
      { redis: {}, isolation: 'rollback' },
      "Option 'isolation' must be 'clone' or 'server' in a stack without postgres",
    ],
    [
      "isolation 'rollback' for a file",
      { postgres: {}, isolation: 'rollback', scope: 'file' },
      "Option 'scope' must be 'test' with isolation 'rollback'",
    ],
    [
      "isolation 'rollback' with keep",
      { postgres: {}, isolation: 'rollback', keep: 'on-failure' },
      "Option 'keep' must be 'never' with isolation 'rollback'",
    ],
    ['an unknown scope', { redis: {}, scope: 'worker' }, "Option 'scope' must be 'file' or 'test', but is \"worker\"."],
    ['an unknown keep', { redis: {}, keep: true }, "Option 'keep' must be 'never' or 'on-failure', but is true."],
    [
      'no time to prove fixes in',
      { postgres: {}, proveFixes: { timeoutMs: 0 } },
      "Option 'proveFixes' must be true, false or { timeoutMs } with whole milliseconds above 0, but is an object.",
    ],
    ['a summary that is no boolean', { redis: {}, summary: 'yes' }, 'Option \'summary\' must be true or false, but is "yes".'],
    ['a broken number of spares', { redis: {}, spares: 1.5 }, "Option 'spares' must be a whole number from 0 on, but is 1.5."],
    [
      'an unknown fact in env',
      { postgres: {}, env: { DATABASE_URL: 'postgres.uri' } },
      "but is 'postgres.uri'. [ERR_HOTBED_OPTION]\n  → Did you mean 'postgres.url'?",
    ],
    [
      'a fact of a store that is not there',
      { postgres: {}, env: { REDIS_URL: 'redis' } },
      "env.REDIS_URL is 'redis', but the stack has no redis. [ERR_HOTBED_OPTION]\n  → Add redis: {} to the stack.",
    ],
    [
      'the replica of a stack that has none',
      { postgres: {}, env: { REPLICA_URL: 'postgres.replica.url' } },
      "env.REPLICA_URL is 'postgres.replica.url', but the stack has no replica. [ERR_HOTBED_OPTION]\n  → Add postgres: { replicas: 1 } to the stack.",
    ],
    [
      'replicas on a server that is shared',
      { postgres: { replicas: 1 } },
      "which isolation 'clone' shares with other suites. [ERR_HOTBED_ISOLATION]",
    ],
    [
      "env with scope 'test'",
      { redis: {}, scope: 'test', env: { REDIS_URL: 'redis' } },
      "Option 'env' must be left out with scope 'test', because a test file is imported once",
    ],
  ])('%s', (_, options, message) => {
    expect(() => hotbed(options as HotbedOptions)).toThrow(message)
  })
})
