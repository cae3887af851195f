/**
 * One connection that nobody else uses meanwhile: several statements are sent to it, in one transaction.
 * Where the driver can hand out a `json` column as text, it should: parsed, the 64-bit query identifier is rounded and then left out.
 */
export interface PlanSession {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
}
