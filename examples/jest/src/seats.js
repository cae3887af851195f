/** Books a seat if it is free; says whether it did. */
export async function bookSeat(pool, seat, holder) {
  const { rowCount } = await pool.query('UPDATE seats SET holder = $2 WHERE id = $1 AND holder IS NULL', [seat, holder])
  return rowCount === 1
}
