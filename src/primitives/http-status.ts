/**
 * The status of an answer, or of each of a list: `statusCode` of Fastify's inject, undici and Node, `status` of fetch, supertest and axios.
 * Undefined for what is no answer.
 */
export function readStatuses(result: unknown): readonly number[] | undefined {
  if (Array.isArray(result)) {
    const all = result.map(statusOf)
    const known = all.filter((status) => status !== undefined)
    return known.length === all.length && known.length > 0 ? known : undefined
  }
  const status = statusOf(result)
  return status === undefined ? undefined : [status]
}

/** The status of one answer. */
export function statusOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  // What one who took part in a race gave back.
  if ('participant' in answer) return 'value' in answer ? statusOf(answer.value) : undefined
  const status: unknown = 'statusCode' in answer ? answer.statusCode : 'status' in answer ? answer.status : undefined
  return typeof status === 'number' && status >= 100 && status < 600 ? status : undefined
}
