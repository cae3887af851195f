import { HotbedError, isHotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'

/** The error for a step after the rows: what the server found, in words of the dataset. */
export function explainLoadError(error: unknown, doing: string): unknown {
  if (isHotbedError(error)) return error
  const { message, code, detail, hint } = errorFields(error)
  const said = `${message}${detail === undefined ? '' : `: ${detail}`}`
  return new HotbedError('ERR_HOTBED_SEED', {
    message: `The load failed while ${doing} and was rolled back: ${said}${code === undefined ? '' : ` (${code})`}`,
    ...loadRemedy(code, hint),
    cause: error,
  })
}

/** What can be done about an error of the server. */
export function loadRemedy(code: string | undefined, hint: string | undefined): { readonly remedy?: string } {
  if (code === '23505')
    return {
      remedy:
        'A generator repeats a value, or the database holds it already: use a unique generator, such as uniqueNumber() or compositeUnique(), or leave the column to inference.',
    }
  if (code === '23503')
    return { remedy: 'A generator gives a key that its parent does not have: use foreignKey(), or leave the column to inference.' }
  if (code === '53100')
    return { remedy: 'Free some disk space, set HOTBED_RUN_DIRECTORY to a place that has more, or load fewer rows (scale).' }
  if (code === '42501') return { remedy: 'The role must own the tables. With adminUrl of a superuser nothing else is needed.' }
  if (code === '55P03' || code === '40P01') return { remedy: 'Another session uses the tables: end it and load again.' }
  return hint === undefined ? {} : { remedy: hint }
}
