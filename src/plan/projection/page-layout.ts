// PostgreSQL manual, "Database Page Layout"; sources, storage/bufpage.h and access/nbtree.h.

/** What every block begins with. */
export const PAGE_HEADER_BYTES = 24

/** What a block of a btree ends with: its neighbours, level and kind. */
export const BTREE_SPECIAL_BYTES = 16

/** Where a row or tuple lies in its block. */
export const LINE_POINTER_BYTES = 4

/** Rows and tuples begin at multiples of it. */
export const ALIGNMENT = 8
