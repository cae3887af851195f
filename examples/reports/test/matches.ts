/** The first statement of each report. */
export const READ_CLIENT = { sql: /^select .* from "clients"/ }

/** One for each part of a report. */
export const READ_ENTRIES = { sql: /^select .* from "entries"/ }
