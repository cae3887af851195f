import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runHotbed } from './hotbed.js'

test('the help names every command, examples, exit codes and variables', async () => {
  const { status, stdout } = await runHotbed(['--help'])

  expect(status).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "Usage: hotbed [options] [command]

    Real, disposable Postgres and Redis for tests.

    Options:
      -v, --version                     print the version
      -h, --help                        show this help

    Commands:
      install [options]                 get Redis where there is none, and check
                                        that Postgres is there
      prepare [options]                 make images and templates ahead, so that
                                        test runs start warm
      doctor [options]                  what is found here and chosen, and why
      start [options]                   a stack kept up for development, until
                                        Ctrl-C
      seed [options]                    load a dataset into a database that is
                                        migrated already
      statistics                        the planner's statistics of a server, for
                                        postgres.importStatistics
      clean [options] [directories...]  remove what dead runs have left, and the
                                        cache
      help [command]                    show the help of a command

    Examples:
      hotbed doctor                            what is found here, what is missing
      hotbed install                           get Redis where there is none
      hotbed prepare                           images and templates ahead, for CI
      hotbed start --migrations ./migrations   a stack for development, until Ctrl-C
      hotbed seed --url postgres://localhost/shop --dataset ./shop.dataset.mjs
      hotbed statistics export --url postgres://localhost/shop
      hotbed clean --kept                      end what was kept of failed tests

    Exit codes:
      0  all went well
      1  something failed or is missing
      2  unknown command or option, or a wrong value
      130  a second Ctrl-C

    Environment:
      HOTBED_CACHE_DIRECTORY    images, copied binaries and downloads
      HOTBED_RUN_DIRECTORY      where running servers have their files
      HOTBED_POSTGRES_BINARIES  a directory with postgres and initdb
      HOTBED_REDIS_BINARY       a redis-server or valkey-server
      NODE_DEBUG=hotbed         shows what is done, and the stacks of errors
    "
  `)
})

test.each(['install', 'doctor', 'start', 'clean'])('the help of %s has examples', async (command) => {
  const { status, stdout } = await runHotbed([command, '--help'])

  expect(status).toBe(0)
  expect(stdout).toContain(`Usage: hotbed ${command} `)
  expect(stdout).toContain('Examples:')
})

test.each([
  { args: ['docter'], error: "error: unknown command 'docter'\n(Did you mean doctor?)\n" },
  { args: ['doctor', '--jsn'], error: "error: unknown option '--jsn'\n(Did you mean --json?)\n" },
  { args: ['install', 'redis'], error: "error: too many arguments for 'install'. Expected 0 arguments but got 1.\n" },
  { args: ['start', '--redis', '--config', 'x.mjs'], error: "error: option '-c, --config <file>' cannot be used with option '--redis'\n" },
])('hotbed $args is refused with exit code 2', async ({ args, error }) => {
  expect(await runHotbed(args)).toEqual({ status: 2, stdout: '', stderr: error })
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

  expect(await runHotbed(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('an error is printed as message and remedy, and with its stack when NODE_DEBUG asks for it', async () => {
  const [short, long] = await Promise.all([
    runHotbed(['start', '--config', 'nowhere.mjs']),
    runHotbed(['start', '--config', 'nowhere.mjs'], { env: { NODE_DEBUG: 'hotbed' } }),
  ])

  expect(short.stderr).toMatch(/^hotbed: --config names \S+nowhere\.mjs, which does not exist\. \[ERR_HOTBED_OPTION\]\n$/)
  expect(long.stderr).toMatch(/\n {4}at loadStack /)
  expect([short.status, long.status]).toEqual([2, 2])
})
