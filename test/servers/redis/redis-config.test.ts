import { expect, test } from 'vitest'
import { composeRedisConfig, isInEffect, readRedisSettings } from '../../../src/servers/redis/redis-config.js'
import { parseVersion } from '../../../src/servers/redis/redis-binary.js'

test.each([
  [{ polcy: 'x' }, "redis has no option 'polcy'. [ERR_HOTBED_OPTION]\n  → Did you mean 'policy'?"],
  [{ provider: 'docker' }, `Option 'provider' must be 'embedded' or 'system', but is "docker".`],
  [{ config: { port: 6379 } }, "The directive 'port' is set by hotbed: each server gets a free port."],
  [{ maxmemory: 1, config: { maxmemory: 2 } }, "The directive 'maxmemory' is given twice."],
  [
    { config: { timeout: '1\nport 6379' } },
    `Option 'config['timeout']' must be a number, true, false or one line of text, but is "1\\nport 6379".`,
  ],
  [{ config: { 'a b': 1 } }, `Option 'config['a b']' must be named like a directive of redis.conf, but is 1.`],
  [{ maxmemory: Number.NaN }, `Option 'maxmemory' must be a number, true, false or one line of text, but is NaN.`],
  [{ modules: ['/no/module.so'] }, `Option 'modules' must be a list of paths of module files, but is "/no/module.so".`],
])('refuses %j before any work', (options, message) => {
  expect(() => readRedisSettings(options as Parameters<typeof readRedisSettings>[0])).toThrow(message)
})

test("the user's directive replaces ours", () => {
  const settings = readRedisSettings({ config: { appendonly: true } })
  const facts = { port: 1, socketPath: '/s', directory: '/d', version: parseVersion('7.0.15') }

  const lines = composeRedisConfig(settings, facts).split('\n')

  expect(lines.filter((line) => line.startsWith('appendonly'))).toEqual(['appendonly yes'])
})

test.each([
  ['6.2.14', false],
  ['7.0.15', true],
  ['8.0.1', true],
])('DEBUG of version %s is switched on where there is a switch: %s', (version, expected) => {
  const text = composeRedisConfig(readRedisSettings({}), {
    port: 1,
    socketPath: '/s',
    directory: '/d',
    version: parseVersion(version),
  })

  expect(text.includes('enable-debug-command local')).toBe(expected)
})

test.each([
  ['64mb', '67108864', true],
  ['64m', '64000000', true],
  ['1gb', '67108864', false],
  ['YES', 'yes', true],
  ['yes', 'no', false],
  ['100', '99', false],
  ['"a b"', 'a b', true],
  ['KEA', 'AKE', true],
  ['secret', '', false],
])('given %s and found %s: in effect is %s', (given, found, expected) => {
  expect(isInEffect(given, found)).toBe(expected)
})
