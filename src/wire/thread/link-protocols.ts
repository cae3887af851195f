import { createPostgresConversation } from '../postgres/conversation.js'
import { createClientFrames, createServerFrames } from '../postgres/frames.js'
import type { TapClock } from '../redis/clock/tap-clock.js'
import type { CommandTable } from '../redis/command-table.js'
import { createRedisConversation } from '../redis/conversation.js'
import { createCommandFrames, createReplyFrames } from '../redis/frames.js'
import type { LinkProtocol } from './link-host.js'

export interface LinkProtocols {
  readonly postgres: LinkProtocol
  readonly redis: LinkProtocol
}

/** @param table of the suite's Redis; it may be filled later */
export function createLinkProtocols(table: CommandTable, clock: TapClock): LinkProtocols {
  return {
    postgres: {
      createConversation: createPostgresConversation,
      clientFrames: createClientFrames,
      serverFrames: createServerFrames,
      // Terminate, of “Message Formats” in PostgreSQL's manual.
      goodbye: 'X',
    },
    redis: {
      createConversation: (host) => createRedisConversation(host, table, clock),
      clientFrames: createCommandFrames,
      serverFrames: createReplyFrames,
    },
  }
}
