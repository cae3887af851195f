import { randomBytes } from 'node:crypto'
import { debug } from '../primitives/debug.js'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { fingerprint, type FingerprintPart } from '../primitives/fingerprint.js'
import type { Stopwatch } from '../primitives/stopwatch.js'
import { fillTemplate } from './fill-template.js'
import { readStepContent } from './migrations/step-content.js'
import type { PostgresAccess } from './postgres-access.js'
import { endSessions } from './sessions.js'
import { applySettings, listSettings } from './clone.js'
import { quoteIdentifier, type SqlClient } from './sql-client.js'
import { templateSteps, type PostgresDefinition } from './stack.js'
import { resolveDataset, type TemplateDataset } from './template-dataset.js'
import { isCommandStep, type TemplateStep } from './template-step.js'

/** Changes when hotbed makes templates in another way. */
const TEMPLATE_FORMAT = 3

/** A template as it is asked for. */
export interface TemplatePlan {
  readonly definition: PostgresDefinition
  readonly dataset: TemplateDataset | undefined
  readonly fingerprint: string
  /** False when a step declares no inputs: the template is then made in each run and never kept in an image. */
  readonly cacheable: boolean
  /** True when there is nothing to do but to create a database. */
  readonly empty: boolean
}

/** A template that is ready to be cloned. */
export interface Template {
  readonly database: string
  /** `ALTER DATABASE … SET` of the migrations. CREATE DATABASE does not copy these. */
  readonly settings: readonly string[]
  readonly bytes: number
  /** Accepts no connections. */
  readonly isSealed: boolean
}

/** Reads what a template depends on. Touches no server. */
export async function planTemplate(definition: PostgresDefinition): Promise<TemplatePlan> {
  const steps = [...templateSteps(definition.migrations), ...templateSteps(definition.seed)]
  const contents = await Promise.all(steps.map(readStepContent))
  const dataset = definition.dataset === undefined ? undefined : await resolveDataset(definition.dataset)
  const cacheable = contents.every((content) => content !== undefined)
  const parts: FingerprintPart = {
    format: TEMPLATE_FORMAT,
    extensions: definition.extensions ?? [],
    contents: contents.map((content, index) => content ?? identify(steps[index])),
    dataset: await dataset?.fingerprint(),
  }
  return {
    definition,
    dataset,
    fingerprint: fingerprint(parts),
    cacheable,
    empty: steps.length === 0 && dataset === undefined && (definition.extensions ?? []).length === 0,
  }
}

/** Functions and commands without inputs: the same one within this process is the same, and nothing else is. */
const PROCESS_NONCE = randomBytes(8).toString('hex')
const functionNumbers = new WeakMap<object, number>()
let functionCount = 0

function identify(step: TemplateStep | undefined): FingerprintPart {
  if (typeof step !== 'object') return PROCESS_NONCE
  if (isCommandStep(step)) return [PROCESS_NONCE, step.command, step.cwd, step.env]
  const known = functionNumbers.get(step.run) ?? (functionCount += 1)
  functionNumbers.set(step.run, known)
  return [PROCESS_NONCE, known]
}

/** Everything that decides a template. A server of ours has its settings itself, on a shared one they are those of its databases. */
function contentOf({ server }: PostgresAccess, { fingerprint: content, definition: { settings = {} } }: TemplatePlan): string {
  return server.isShared && Object.keys(settings).length > 0 ? fingerprint([content, { ...settings }]) : content
}

export function templateName(access: PostgresAccess, plan: TemplatePlan): string {
  return access.tenancy.nameTemplate(contentOf(access, plan))
}

/** The template of this plan, made if it is not on the server. Two processes that need the same one on a shared server make it once. */
export async function prepareTemplate(access: PostgresAccess, plan: TemplatePlan, stopwatch: Stopwatch): Promise<Template> {
  const found = await findTemplate(access, plan)
  if (found === undefined) {
    const { alone } = access.tenancy
    return alone(contentOf(access, plan), async () => (await findTemplate(access, plan)) ?? (await makeTemplate(access, plan, stopwatch)))
  }
  // Others may say at the same moment that they use it.
  if (found.isSealed && access.server.isShared)
    await access.tenancy.mark(found.database, 'template').catch((error: unknown) => debug('use not noted: %o', error))
  return found
}

/** The template of this plan on the server, if it is there and complete. */
export async function findTemplate(access: PostgresAccess, plan: TemplatePlan): Promise<Template | undefined> {
  const { admin, server, tenancy } = access
  // Nothing is to be done: initdb's own template will do, whose name and rights nobody can tell from a clone's.
  if (plan.empty) return { database: 'template1', settings: server.isShared ? settingsOf(plan) : [], bytes: 8_000_000, isSealed: false }
  const name = templateName(access, plan)
  const { rows } = await admin.query(
    `SELECT pg_database_size(oid)::float8 AS bytes, shobj_description(oid, 'pg_database') AS comment,
       (SELECT coalesce(json_agg(c), '[]') FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid AND s.setrole = 0) AS settings
     FROM pg_database d WHERE datname = $1`,
    [name],
  )
  const [row] = rows
  if (row === undefined || !tenancy.isComplete(row['comment'])) return undefined
  return {
    isSealed: true,
    database: name,
    bytes: Number(row['bytes']),
    settings: (row['settings'] as readonly unknown[]).map(String),
  }
}

/**
 * Makes a template: database, extensions, migrations, seed, VACUUM (FREEZE, ANALYZE), dataset, closed to connections, marked ready last. One that an
 * earlier attempt left half done is dropped first; one that fails is dropped.
 *
 * @throws {HotbedError} `ERR_HOTBED_MIGRATION`, `ERR_HOTBED_POSTGRES_EXTENSION` or `ERR_HOTBED_TEMPLATE`
 */
export async function makeTemplate(access: PostgresAccess, plan: TemplatePlan, stopwatch: Stopwatch): Promise<Template> {
  const { admin, tenancy } = access
  const name = tenancy.nameBuilding(contentOf(access, plan))
  const database = quoteIdentifier(name)
  await dropTemplate(admin, name)
  await admin.query(`CREATE DATABASE ${database} OWNER ${quoteIdentifier(access.owner.user)}`)
  try {
    await tenancy.mark(name, 'building')
    if (access.server.isShared) await applySettings(access, name, settingsOf(plan))
    await fillTemplate(access, plan, { database: name }, stopwatch)
    await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    // A function or a command may have left a connection behind; a template with sessions cannot be cloned.
    await endSessions(admin, name)
    await tenancy.finish(name, templateName(access, plan))
    const template = await findTemplate(access, plan)
    if (template === undefined) throw new Error('The template vanished while it was made.')
    return template
  } catch (error) {
    await dropTemplate(admin, name).catch(() => {})
    if (isHotbedError(error)) throw error
    if (errorFields(error).code === DUPLICATE_DATABASE) throw nameTaken(templateName(access, plan), error)
    throw new HotbedError('ERR_HOTBED_TEMPLATE', {
      message: `The template database could not be made: ${errorFields(error).message}`,
      cause: error,
    })
  }
}

const DUPLICATE_DATABASE = '42P04'

function nameTaken(name: string, cause: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_TEMPLATE', {
    message: `The name of the template, '${name}', is taken by a database without hotbed's stamp, which is left as it is.`,
    remedy: `If nobody needs it: DROP DATABASE ${quoteIdentifier(name)}`,
    cause,
  })
}

function settingsOf({ definition: { settings = {} } }: TemplatePlan): readonly string[] {
  return listSettings(settings)
}

async function dropTemplate(admin: SqlClient, name: string): Promise<void> {
  const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rows.length === 0) return
  await admin.query(`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS false`)
  await endSessions(admin, name)
  await admin.query(`DROP DATABASE ${quoteIdentifier(name)}`)
}

/** @param verb as a sentence begins */
export function withoutDataset(verb: string): HotbedError {
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `${verb} the dataset of the stack, but the stack has none.`,
    remedy: 'Give it one: postgres: { dataset: defineDataset({ tables: { … } }) }.',
  })
}
