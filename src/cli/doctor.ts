import type { Command } from 'commander'
import pc from 'picocolors'
import { formatFindings } from './doctor/format.js'
import { survey } from './doctor/survey.js'
import { EXIT_CODES, type SetExitCode } from './exit-codes.js'
import { readVersion } from './version.js'

interface DoctorFlags {
  readonly json?: true
}

const EXAMPLES = `
Exits with 1 when something is missing that hotbed needs, and prints the command to type.

${pc.bold('Examples:')}
  hotbed doctor
  hotbed doctor --json | jq .problems`

export function addDoctorCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('doctor')
    .summary('what is found here and chosen, and why')
    .description('Shows which Postgres and Redis are found and chosen and why, where files go, and what is left of earlier runs.')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: DoctorFlags) => {
      const findings = await survey(readVersion())
      process.stdout.write(json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : formatFindings(findings))
      if (findings.problems.length > 0) setExitCode(EXIT_CODES.failed)
    })
}
