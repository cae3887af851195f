CREATE UNIQUE INDEX ON invoices (order_id);
CREATE UNIQUE INDEX ON mails (order_id);
