import type { Command } from 'commander'
import pc from 'picocolors'
import { formatFindings } from './doctor/format.js'
import { formatSchema } from './doctor/format-schema.js'
import { inspectDatabase } from './doctor/inspect-database.js'
import { survey } from './doctor/survey.js'
import { probeEngine } from '../databases/engine/probe.js'
import { formatEngine } from './doctor/format-engine.js'
import { EXIT_CODES, type SetExitCode } from './exit-codes.js'
import { readVersion } from './version.js'

interface DoctorFlags {
  readonly json?: true
  readonly schema?: true
  readonly url?: string
}

const EXAMPLES = `
Exits with 1 when something is missing that hotbed needs, and prints the command to type.

With --url it tries what hotbed can do on that server, in databases of its own, which it drops: see docs/engines.md. Exits with 1 when something
does not work there.

With --schema it looks at tables and indexes instead: of the database of --url, which is only read, or of what the migrations of the stack
here make. Exits with 1 when there are defects.

${pc.bold('Examples:')}
  hotbed doctor
  hotbed doctor --json | jq .problems
  hotbed doctor --url postgres://localhost/postgres
  hotbed doctor --schema --url postgres://localhost/shop`

export function addDoctorCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('doctor')
    .summary('what is found here and chosen, and why')
    .description('Shows which Postgres and Redis are found and chosen and why, where files go, and what is left of earlier runs.')
    .option('--json', 'print everything as JSON')
    .option('--schema', 'foreign keys without an index, missing primary keys, needless and invalid indexes')
    .option('-u, --url <url>', 'a server that exists: what works there, tried out; with --schema its tables')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, schema, url }: DoctorFlags) => {
      if (schema === true) {
        const inspected = await inspectDatabase(url)
        process.stdout.write(json === true ? `${JSON.stringify(inspected, undefined, 2)}\n` : formatSchema(inspected))
        if (inspected.inspection.findings.length > 0) setExitCode(EXIT_CODES.failed)
        return
      }
      if (url !== undefined) {
        const report = await probeEngine(url, '--url')
        process.stdout.write(json === true ? `${JSON.stringify(report, undefined, 2)}\n` : formatEngine(report))
        if (report.features.some(({ works }) => !works)) setExitCode(EXIT_CODES.failed)
        return
      }
      const findings = await survey(readVersion())
      process.stdout.write(json === true ? `${JSON.stringify(findings, undefined, 2)}\n` : formatFindings(findings))
      if (findings.problems.length > 0) setExitCode(EXIT_CODES.failed)
    })
}
