import type { SuiteVerbs } from '../databases/suite-parts.js'
import type { Plan } from '../plan/plan.js'
import { indexUses, planNodes } from '../plan/walk.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { RecordedUse, UsedName } from '../schema-check/findings/unused-indexes.js'
import { inspectCatalogue } from '../schema-check/inspect-schema.js'
import type { CatalogueSession } from '../schema-check/read-catalogue.js'
import type { SchemaInspection } from '../schema-check/schema-inspection.js'
import { isRecording, type NestedStatement, type Recording } from '../wire/recording/recording.js'
import { withSession } from './with-session.js'

/** What is looked for, beside what the catalogue shows at once. */
export interface InspectSchemaOptions {
  /** Also looks for indexes that no plan of this recording used, of tables that it read or wrote. @default none */
  readonly recording?: Recording
  /** Also measures bloat, with `pgstattuple`: every page of every table is read. @default false */
  readonly bloat?: boolean
  /** Longest time for one statement. @default 30_000 */
  readonly timeoutMs?: number
}

/** Inspects the database of a suite, on sessions of hotbed's own. */
export async function inspectSchema(verbs: SuiteVerbs, options: InspectSchemaOptions = {}): Promise<SchemaInspection> {
  const { use, bloat, timeoutMs } = readOptions(options)
  // The superuser looks where it is open anyway: one session is enough.
  return withSession(
    verbs,
    (session) => inspectCatalogue(session, { use, superuser: bloat ? session : undefined, timeoutMs }),
    bloat ? 'superuser' : undefined,
  )
}

/** Inspects what one open transaction sees. */
export async function inspectSchemaInside(session: CatalogueSession, options: InspectSchemaOptions = {}): Promise<SchemaInspection> {
  const { use, bloat, timeoutMs } = readOptions(options)
  if (bloat) {
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: "Bloat is measured by the superuser; isolation 'rollback' is one transaction of the owner.",
      remedy: "Use isolation: 'clone'.",
    })
  }
  return inspectCatalogue(session, { use, superuser: undefined, timeoutMs }, true)
}

function readOptions(options: InspectSchemaOptions): {
  readonly use: RecordedUse | undefined
  readonly bloat: boolean
  readonly timeoutMs: number
} {
  checkOptionNames(options, ['recording', 'bloat', 'timeoutMs'], 'inspectSchema()')
  const { recording, bloat = false, timeoutMs = 30_000 } = options
  if (typeof bloat !== 'boolean') throw wrongOption('bloat', 'true or false', bloat)
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) throw wrongOption('timeoutMs', 'a number above 0', timeoutMs)
  if (recording !== undefined && !isRecording(recording)) throw wrongOption('recording', 'what suite.record() gives', recording)
  return { use: recording === undefined ? undefined : readUse(recording), bloat, timeoutMs }
}

/** Which indexes and tables the plans of a recording name, those of triggers and foreign keys included. */
function readUse({ statements }: Recording): RecordedUse {
  const plans = statements.flatMap(({ plan, nested }) => [...(plan === undefined ? [] : [plan]), ...nestedPlans(nested)])
  if (plans.length === 0) {
    throw new HotbedError('ERR_HOTBED_EVIDENCE', {
      message: `None of the ${statements.length} statements of this recording has a plan, so it does not show which indexes are used.`,
      remedy: 'Record with { plans: true }, and something that asks Postgres.',
    })
  }
  const indexes = plans.flatMap((plan) =>
    indexUses(plan).map(({ node, index }) => ({ schema: index?.schema, name: index?.name ?? node.index ?? '' })),
  )
  const tables = plans.flatMap((plan) =>
    planNodes(plan).flatMap(({ relation }) => (relation === undefined ? [] : [{ schema: relation.schema, name: relation.table }])),
  )
  return { plans: plans.length, indexes: distinct(indexes), tables: distinct(tables) }
}

function nestedPlans(nested: readonly NestedStatement[]): readonly Plan[] {
  return nested.flatMap((one) => [one.plan, ...nestedPlans(one.nested)])
}

function distinct(names: readonly UsedName[]): readonly UsedName[] {
  return [...new Map(names.map((one) => [`${one.schema} ${one.name}`, one])).values()]
}
