import type { Generated } from 'kysely'

export interface Schema {
  readonly links: {
    readonly code: string
    readonly url: string
    /** Null: it lives for ever. */
    readonly expires_at: Date | null
    readonly clicks: Generated<string>
  }
  readonly accounts: {
    readonly id: Generated<string>
    readonly email: string
  }
}
