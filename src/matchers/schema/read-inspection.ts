import { isSchemaInspection, type SchemaInspection } from '../../schema-check/schema-inspection.js'
import { wrongEvidence } from '../message/evidence.js'

/**
 * The inspection that a matcher was given.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else
 */
export function readInspection(received: unknown, matcher: string): SchemaInspection {
  if (isSchemaInspection(received)) return received
  throw wrongEvidence(received, matcher, 'the inspection of a schema', 'const schema = await postgres.inspectSchema()')
}
