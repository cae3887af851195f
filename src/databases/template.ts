import { randomBytes } from 'node:crypto'
import { HotbedError, isHotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { fingerprint, type FingerprintPart } from '../primitives/fingerprint.js'
import type { Stopwatch } from '../primitives/stopwatch.js'
import { createExtensions } from './extensions.js'
import { runStep } from './migrations/run-step.js'
import { readStepContent } from './migrations/step-content.js'
import { OWNER_ROLE, type PostgresAccess } from './postgres-access.js'
import { endSessions } from './sessions.js'
import { quoteIdentifier, quoteLiteral, type SqlClient } from './sql-client.js'
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

export function templateName(plan: TemplatePlan): string {
  return `hotbed_template_${plan.fingerprint}`
}

/** Nothing is to be done: initdb's own template will do, whose name and rights nobody can tell from a clone's. */
const EMPTY_TEMPLATE: Template = { database: 'template1', settings: [], bytes: 8_000_000, isSealed: false }

/** The comment that says that a template is complete. Written last. */
const READY = 'hotbed: ready'

/** The template of this plan on the server, if it is there and complete. */
export async function findTemplate(admin: SqlClient, plan: TemplatePlan): Promise<Template | undefined> {
  if (plan.empty) return EMPTY_TEMPLATE
  const { rows } = await admin.query(
    `SELECT pg_database_size(oid)::float8 AS bytes, shobj_description(oid, 'pg_database') AS comment,
       (SELECT coalesce(json_agg(c), '[]') FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid AND s.setrole = 0) AS settings
     FROM pg_database d WHERE datname = $1`,
    [templateName(plan)],
  )
  const [row] = rows
  if (row === undefined || row['comment'] !== READY) return undefined
  return {
    isSealed: true,
    database: templateName(plan),
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
  const { admin } = access
  const name = templateName(plan)
  const database = quoteIdentifier(name)
  await dropTemplate(admin, name)
  await admin.query(`CREATE DATABASE ${database} OWNER ${OWNER_ROLE}`)
  try {
    await fillTemplate(access, plan, name, stopwatch)
    await admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    // A function or a command may have left a connection behind; a template with sessions cannot be cloned.
    await endSessions(admin, name)
    await admin.query(`COMMENT ON DATABASE ${database} IS ${quoteLiteral(READY)}`)
    const template = await findTemplate(admin, plan)
    if (template === undefined) throw new Error('The template vanished while it was made.')
    return template
  } catch (error) {
    await dropTemplate(admin, name).catch(() => {})
    if (isHotbedError(error)) throw error
    throw new HotbedError('ERR_HOTBED_TEMPLATE', {
      message: `The template database could not be made: ${errorFields(error).message}`,
      cause: error,
    })
  }
}

async function dropTemplate(admin: SqlClient, name: string): Promise<void> {
  const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (rows.length === 0) return
  await admin.query(`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS false`)
  await endSessions(admin, name)
  await admin.query(`DROP DATABASE ${quoteIdentifier(name)}`)
}

async function fillTemplate(access: PostgresAccess, plan: TemplatePlan, name: string, stopwatch: Stopwatch): Promise<void> {
  const { definition, dataset } = plan
  const superuser = await access.connect({ database: name, role: 'postgres' })
  const target = {
    url: access.url({ database: name, role: OWNER_ROLE }),
    adminUrl: access.url({ database: name, role: 'postgres' }),
  }
  try {
    await stopwatch.measure('extensions', () => createExtensions(access, superuser, definition.extensions ?? []))
    const client = await access.connect({ database: name, role: OWNER_ROLE })
    try {
      await stopwatch.measure('migrations', () => runSteps('migrations', definition, { ...target, client }))
      await stopwatch.measure('seed', () => runSteps('seed', definition, { ...target, client }))
    } finally {
      await client.close()
    }
    // FREEZE sets the visibility map, so that index-only scans are real and no clone ever writes hint bits. But not for rows whose commit has
    // not reached the log yet, as after asynchronous commits (heap_page_prune_and_freeze, "committed asynchronously"): hence the checkpoint.
    await stopwatch.measure('vacuum analyze', async () => {
      await superuser.query('CHECKPOINT')
      await superuser.query('VACUUM (FREEZE, ANALYZE)')
    })
    if (dataset === undefined) return
    // Last, because it leaves statistics that another ANALYZE would make anew from a sample.
    await stopwatch.measure(
      ({ rows }) => `dataset of ${rows.toLocaleString('en')} rows`,
      () => dataset.load(target),
    )
    await superuser.query('CHECKPOINT')
    await superuser.query('VACUUM (FREEZE)')
  } finally {
    await superuser.close()
  }
}

async function runSteps(kind: 'migrations' | 'seed', definition: PostgresDefinition, target: Parameters<typeof runStep>[1]): Promise<void> {
  for (const step of templateSteps(definition[kind])) await runStep(step, target)
}
