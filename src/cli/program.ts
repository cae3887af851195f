import { Command } from 'commander'
import pc from 'picocolors'
import { addCleanCommand } from './clean.js'
import { addDoctorCommand } from './doctor.js'
import type { SetExitCode } from './exit-codes.js'
import { addInstallCommand } from './install.js'
import { addPrepareCommand } from './prepare.js'
import { addSeedCommand } from './seed.js'
import { addStartCommand } from './start.js'
import { addStatisticsCommand } from './statistics.js'
import { readVersion } from './version.js'

const EXAMPLES = `
${pc.bold('Examples:')}
  hotbed doctor                            what is found here, what is missing
  hotbed install                           get Redis where there is none
  hotbed prepare                           images and templates ahead, for CI
  hotbed start --migrations ./migrations   a stack for development, until Ctrl-C
  hotbed seed --url postgres://localhost/shop --dataset ./shop.dataset.mjs
  hotbed statistics export --url postgres://localhost/shop
  hotbed clean --kept                      end what was kept of failed tests

${pc.bold('Exit codes:')}
  0  all went well
  1  something failed or is missing
  2  unknown command or option, or a wrong value
  130  a second Ctrl-C

${pc.bold('Environment:')}
  HOTBED_CACHE_DIRECTORY    images, copied binaries and downloads
  HOTBED_RUN_DIRECTORY      where running servers have their files
  HOTBED_POSTGRES_BINARIES  a directory with postgres and initdb
  HOTBED_REDIS_BINARY       a redis-server or valkey-server
  NODE_DEBUG=hotbed         shows what is done, and the stacks of errors`

export function createProgram(setExitCode: SetExitCode): Command {
  const program = new Command('hotbed')
    .description('Real, disposable Postgres and Redis for tests.')
    .version(readVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ styleTitle: pc.bold })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXAMPLES)
  addInstallCommand(program)
  addPrepareCommand(program)
  addDoctorCommand(program, setExitCode)
  addStartCommand(program)
  addSeedCommand(program)
  addStatisticsCommand(program)
  addCleanCommand(program)
  return program
}
