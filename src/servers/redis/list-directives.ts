import type { Deadline } from '../../primitives/deadline.js'
import type { ServerPlace } from '../server.js'
import type { RedisBinary } from './redis-binary.js'
import { askThrowAway } from './throw-away.js'

/** Every directive of this very program, from a plain server of it. Only asked for after a failure. */
export async function listDirectives(binary: RedisBinary, place: ServerPlace, deadline: Deadline): Promise<readonly string[]> {
  const answers = await askThrowAway(binary, { place, deadline })
  return answers.log === undefined ? [...answers.config.keys()] : []
}
