import { expect, test } from 'vitest'
import { checkModuleNames, isModulePath } from '../../../../src/servers/redis/modules/capabilities.js'
import { readModuleRefusal } from '../../../../src/servers/redis/modules/module-refusal.js'

test.each(['/usr/lib/redis/modules/redisearch.so', './json.so', 'modules/json', 'rejson.so', String.raw`C:\redis\json`, 'x.dylib'])(
  '%s is a path',
  (module) => {
    expect(isModulePath(module)).toBe(true)
  },
)

test('what has no folder and no ending is a capability', () => {
  expect(['json', 'bloom', 'redisearch'].map(isModulePath)).toEqual([false, false, false])
})

test('a capability that does not exist is refused, with the one that was meant', () => {
  expect(() => checkModuleNames('redis.modules', ['json', 'serch'])).toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: Option 'redis.modules' names 'serch', which is neither a capability (json, bloom, search, timeseries) nor the path of a module file. [ERR_HOTBED_OPTION]
      → Did you mean 'search'?]
  `)
  expect(() => checkModuleNames('redis.modules', ['redis-cell'])).toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: Option 'redis.modules' names 'redis-cell', which is neither a capability (json, bloom, search, timeseries) nor the path of a module file. [ERR_HOTBED_OPTION]
      → Give the path of its file, such as '/usr/lib/redis/modules/redis-cell.so'.]
  `)
})

test('the log of a server says which module it could not load, and why', () => {
  const loading = '7:M 21 Nov 2026 18:00:00.001 * <search> Redis version found by RedisSearch : 5.0.3 - oss'
  const refused = '7:M 21 Nov 2026 18:00:00.002 # <search> Redis version is to old, please upgrade to redis 6.0.0 and above.'
  const failed = '7:M 21 Nov 2026 18:00:00.003 # Module /x/redisearch.so initialization failed. Module not loaded'
  const aborted = "7:M 21 Nov 2026 18:00:00.004 # Can't load module from /x/redisearch.so: server aborting"
  const missing =
    "7:M 21 Nov 2026 18:00:00.000 # Module /x/rejson.so failed to load: /lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/rejson.so)"

  expect(readModuleRefusal([loading, refused, failed, aborted])).toEqual({
    path: '/x/redisearch.so',
    why: 'search: Redis version is to old, please upgrade to redis 6.0.0 and above',
  })
  expect(readModuleRefusal([missing, "7:M # Can't load module from /x/rejson.so: server aborting"])).toEqual({
    path: '/x/rejson.so',
    why: "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/rejson.so)",
  })
  expect(readModuleRefusal([failed, aborted])).toEqual({ path: '/x/redisearch.so', why: 'it cannot be started there' })
  expect(readModuleRefusal(['7:M # Ready to accept connections'])).toBeUndefined()
})
