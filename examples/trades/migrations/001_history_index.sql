-- The repair. Without it, the planner leaves trades_user_id_idx as the table grows and walks trades_created_at_idx until 50 rows match.
CREATE INDEX trades_history_idx ON trades (user_id, symbol, created_at DESC);
